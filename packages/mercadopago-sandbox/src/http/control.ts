import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { FaultSettings } from "../faults.ts";
import { ledgerOf } from "../ledger.ts";
import { describeCharge, openCharges } from "../use-cases/describe-charge.ts";
import { type Charge, findById, findByLink, findByQr } from "../use-cases/find-charge.ts";
import { type Outcome, type PayRefusal, payCharge } from "../use-cases/pay-charge.ts";
import type { Deliveries } from "../webhooks/delivery.ts";
import type { World } from "../world.ts";
import { clockSchema, faultsSchema, paySchema, scanSchema } from "./control-schemas.ts";
import { addMoneyControl } from "./money-control.ts";
import { type ProblemCode, sendProblem } from "./problems.ts";
import { addTerminalControl } from "./terminal-control.ts";

type CodeOrLink = { qr_code?: string; payment_link?: string; id?: string };
type PayBody = CodeOrLink & { outcome?: Outcome; amount_cents?: number; late?: boolean };
type Deps = { world: World; deliveries: Deliveries };

/** What people and tests do beside the API: pay, look, break things, move time. No token, no faults. */
export const addControl = (app: FastifyInstance, { world, deliveries }: Deps): void => {
  const { faults, store, clock } = world;
  // A foreign page can post a form or plain text here without asking; JSON it cannot.
  app.addHook("onRequest", async (request, reply) => {
    const {
      "content-type": type = "",
      "content-length": length = "0",
      "transfer-encoding": encoding,
    } = request.headers;
    const hasBody = length !== "0" || encoding !== undefined;
    if (!hasBody || type.startsWith("application/json")) return undefined;
    return sendProblem({ request, reply }, { code: "unsupported-media-type" });
  });
  addPhone(app, world);
  addTerminalControl(app, world);
  addMoneyControl(app, world);

  app.get("/sandbox/faults", () => faults.get());
  app.delete("/sandbox/faults", () => faults.clear());
  app.post<{ Body: Partial<FaultSettings> }>("/sandbox/faults", { schema: { body: faultsSchema } }, ({ body }) =>
    faults.set(body),
  );

  app.get<{ Querystring: { external_reference?: string } }>("/sandbox/ledger", ({ query }) => ledgerOf(world, query));

  app.get("/sandbox/clock", () => clockFace(world));
  app.post<{ Body: { advance_ms: number } }>("/sandbox/clock", { schema: { body: clockSchema } }, async ({ body }) => {
    store.transact(() => clock.advance(body.advance_ms));
    world.tables.clockSettings.put("clock", { offsetMs: clock.offsetMs() });
    await store.durable();
    return clockFace(world);
  });

  app.get<{ Querystring: { limit?: string; resource_id?: string } }>("/sandbox/deliveries", ({ query }) => {
    const rows = [...world.tables.notifications.values()].toReversed();
    const wanted = rows.filter((row) => query.resource_id === undefined || row.resourceId === query.resource_id);
    const items = wanted.slice(0, Number(query.limit ?? 100) || 100);
    return {
      items: items.map(({ userId, resourceId, createdMs, ...row }) => ({
        ...row,
        user_id: userId,
        resource_id: resourceId,
        created_at: new Date(createdMs).toISOString(),
      })),
      total: wanted.length,
    };
  });
  app.post<{ Params: { id: string } }>("/sandbox/deliveries/:id/redeliver", (request, reply) => {
    if (!deliveries.redeliver(request.params.id)) return sendProblem({ request, reply }, { code: "unknown-delivery" });
    return reply.code(202).send({ id: request.params.id });
  });
};

const addPhone = (app: FastifyInstance, world: World) => {
  app.get("/sandbox/charges", () => ({ items: openCharges(world) }));
  app.post<{ Body: CodeOrLink }>("/sandbox/scan", { schema: { body: scanSchema } }, (request, reply) => {
    const charge = world.store.transact(() => findCharge(world, request.body));
    if (charge === undefined) return sendProblem({ request, reply }, { code: "unknown-code" });
    return describeCharge(world, charge);
  });
  app.post<{ Body: PayBody }>("/sandbox/pay", { schema: { body: paySchema } }, async (request, reply) => {
    const { outcome = "approved", amount_cents: amountCents, late: isLate = false } = request.body;
    const decision = world.store.transact(() => {
      const charge = findCharge(world, request.body);
      return charge && payCharge(world, { charge, outcome, isLate, ...(amountCents !== undefined && { amountCents }) });
    });
    await world.store.durable();
    if (decision === undefined) return sendProblem({ request, reply }, { code: "unknown-code" });
    if (!decision.ok) return sendProblem({ request, reply }, { code: problemOfRefusal[decision.code] });
    return { ...decision.value, outcome };
  });
};

const findCharge = (world: World, { qr_code: qr, payment_link: link, id }: CodeOrLink): Charge | undefined => {
  if (id !== undefined) return findById(world, id);
  return qr !== undefined ? findByQr(world, qr) : findByLink(world, link ?? "");
};

/** How the phone's refusals are worded over HTTP. */
export const problemOfRefusal: Record<PayRefusal, ProblemCode> = {
  already_paid: "already-paid",
  canceled: "charge-canceled",
  expired: "charge-expired",
  rejected: "charge-rejected",
  not_yet: "not-yet-open",
  pending_not_possible: "outcome-not-possible",
};

const clockFace = ({ clock }: World) => ({ now: new Date(clock.now()).toISOString(), offset_ms: clock.offsetMs() });

/** Turns what went wrong on `/sandbox/*` and unknown addresses into problems. */
export const controlErrorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const fault = error instanceof Error ? error : new Error("not an error", { cause: error });
  if ("validation" in fault && Array.isArray(fault.validation)) {
    const errors = fault.validation.map(({ instancePath, message }: { instancePath: string; message: string }) => ({
      path: instancePath,
      message,
    }));
    return sendProblem({ request, reply }, { code: "invalid-body", errors });
  }
  const status = "statusCode" in fault && typeof fault.statusCode === "number" ? fault.statusCode : 500;
  if (status === 413) return sendProblem({ request, reply }, { code: "body-too-large" });
  if (status >= 400 && status < 500) return sendProblem({ request, reply }, { code: "malformed-json" });
  request.log.error(fault);
  return sendProblem({ request, reply }, { code: "internal-error" });
};
