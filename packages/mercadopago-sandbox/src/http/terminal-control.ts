import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { PointOrder, TerminalEvent } from "../domain/order.ts";
import { terminalRefusals } from "../domain/point-order.ts";
import type { Terminal } from "../domain/terminal.ts";
import { actAtTerminal, chargeOfTerminal, fetchCharge } from "../use-cases/terminal-acts.ts";
import { addTerminal } from "../use-cases/terminals.ts";
import type { World } from "../world.ts";
import { sendProblem } from "./problems.ts";
import { paidWithOf } from "./terminals.ts";

type Act = {
  action: "approve" | "refuse" | "cancel" | "walk_away";
  reason?: (typeof terminalRefusals)[number];
  method?: "credit_card" | "debit_card" | "voucher_card" | "qr";
  installments?: number;
  tip_cents?: number;
};

const actSchema = {
  type: "object",
  additionalProperties: false,
  required: ["action"],
  properties: {
    action: { type: "string", enum: ["approve", "refuse", "cancel", "walk_away"] },
    reason: { type: "string", enum: terminalRefusals },
    method: { type: "string", enum: ["credit_card", "debit_card", "voucher_card", "qr"] },
    installments: { type: "integer", minimum: 1, maximum: 24 },
    tip_cents: { type: "integer", minimum: 0, maximum: 10_000_000 },
  },
} as const;

const newTerminalSchema = {
  type: "object",
  additionalProperties: false,
  required: ["id", "external_pos_id"],
  properties: {
    id: { type: "string", pattern: "^[A-Z0-9]+_[A-Z0-9]+__[A-Z0-9]+$", maxLength: 64 },
    external_pos_id: { type: "string", minLength: 1 },
    user_id: { type: "string" },
  },
} as const;

/** The hands at a card machine, and new machines. */
export const addTerminalControl = (app: FastifyInstance, world: World): void => {
  const { store, tables } = world;
  app.get("/sandbox/terminals", () => ({
    items: [...tables.terminals.values()].map((terminal) => presentTerminal(world, terminal)),
  }));
  app.post<{ Body: { id: string; external_pos_id: string; user_id?: string } }>(
    "/sandbox/terminals",
    { schema: { body: newTerminalSchema } },
    async (request, reply) => {
      const { id, external_pos_id: externalPosId, user_id: userId } = request.body;
      const owner = userId ?? world.sellers.all()[0]?.userId ?? "";
      const [pos] = world.indexes.posByExternalId(`${owner} ${externalPosId}`);
      if (pos === undefined) return sendProblem({ request, reply }, { code: "unknown-till" });
      if (tables.terminals.get(id) !== undefined) return sendProblem({ request, reply }, { code: "terminal-exists" });
      const terminal = store.transact(() => addTerminal(world, { id, pos }));
      await store.durable();
      return reply.code(201).send(presentTerminal(world, terminal));
    },
  );
  app.get<{ Params: { id: string } }>("/sandbox/terminals/:id", (request, reply) =>
    withTerminal(world, { request, reply, run: (terminal) => presentTerminal(world, terminal) }),
  );
  app.post<{ Params: { id: string } }>("/sandbox/terminals/:id/fetch", (request, reply) =>
    withTerminal(world, {
      request,
      reply,
      run: (terminal) => {
        store.transact(() => fetchCharge(world, terminal.id));
        return presentTerminal(world, terminal);
      },
    }),
  );
  app.post<{ Params: { id: string }; Body: Act }>(
    "/sandbox/terminals/:id/act",
    { schema: { body: actSchema } },
    (request, reply) =>
      withTerminal(world, {
        request,
        reply,
        run: (terminal) => {
          const { tip_cents: tipCents } = request.body;
          const decision = store.transact(() =>
            actAtTerminal(world, {
              terminalId: terminal.id,
              event: eventOf(request.body),
              ...(tipCents !== undefined && { tipCents }),
            }),
          );
          if (!decision.ok) return sendProblem({ request, reply }, { code: "nothing-at-terminal" });
          return presentCharge(decision.value);
        },
      }),
  );
};

const eventOf = ({ action, reason, method, installments }: Act): Omit<TerminalEvent, "dueMs"> => {
  const paidWith = paidWithOf({ type: method, installments });
  switch (action) {
    case "approve":
      return { status: "processed", detail: "accredited", paidWith };
    case "refuse":
      return { status: "failed", detail: reason ?? "rejected_by_issuer", paidWith };
    case "cancel":
      return { status: "canceled", detail: "canceled_on_terminal", paidWith };
    case "walk_away":
      return { status: "action_required", detail: "check_on_terminal", paidWith };
  }
};

const withTerminal = async (
  world: World,
  call: {
    request: FastifyRequest<{ Params: { id: string } }>;
    reply: FastifyReply;
    run: (terminal: Terminal) => unknown;
  },
): Promise<unknown> => {
  const { request, reply, run } = call;
  const terminal = world.tables.terminals.get(request.params.id);
  if (terminal === undefined) return sendProblem({ request, reply }, { code: "unknown-terminal" });
  const answer = run(terminal);
  await world.store.durable();
  return answer;
};

const presentTerminal = (world: World, { id, userId, till, operatingMode }: Terminal) => {
  const charge = world.store.transact(() => chargeOfTerminal(world, id));
  return {
    id,
    user_id: userId,
    external_pos_id: till.externalId,
    operating_mode: operatingMode,
    merchant: world.tables.stores.get(String(till.storeId))?.name ?? "Loja",
    charge: charge === undefined ? null : presentCharge(charge),
  };
};

const presentCharge = (order: PointOrder) => ({
  id: order.id,
  external_reference: order.externalReference,
  description: order.echo.description ?? null,
  amount_cents: order.amountCents,
  status: order.status,
  status_detail: order.statusDetail,
  transaction_detail: order.transactionDetail,
  expires_at: new Date(order.expiresMs).toISOString(),
});
