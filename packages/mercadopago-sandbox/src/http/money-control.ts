import type { FastifyInstance } from "fastify";
import { type DisputeOutcome, disputeOutcomes } from "../domain/chargeback.ts";
import { disputeCharge } from "../use-cases/dispute-charge.ts";
import { refundInPanel } from "../use-cases/refund-in-panel.ts";
import { type NoticeRequest, sendNotice } from "../use-cases/send-notice.ts";
import type { World } from "../world.ts";
import { sendProblem } from "./problems.ts";

const id = { type: "string", minLength: 1, maxLength: 64 } as const;

const chargebackSchema = {
  type: "object",
  additionalProperties: false,
  required: ["id"],
  properties: { id, outcome: { type: "string", enum: disputeOutcomes } },
} as const;

const panelRefundSchema = {
  type: "object",
  additionalProperties: false,
  required: ["id"],
  properties: { id, amount_cents: { type: "integer", minimum: 1 } },
} as const;

const noticeSchema = {
  type: "object",
  additionalProperties: false,
  required: ["resource_id"],
  properties: {
    resource_id: id,
    topic: { type: "string", pattern: "^[a-z_-]{1,40}$" },
    action: { type: "string", minLength: 1, maxLength: 60 },
    user_id: { type: "string" },
    application_id: { type: "string" },
    seller_id: { type: "string" },
    data: { type: "object" },
    form: { type: "string", enum: ["webhook", "ipn"] },
    url: { type: "string", pattern: "^https?://" },
    times: { type: "integer", minimum: 1, maximum: 100 },
    signature: { type: "string", enum: ["valid", "none", "wrong_secret"] },
    secret: { type: "string", minLength: 1, maxLength: 200 },
    ts: { type: "string", enum: ["ms", "s"] },
    id_case: { type: "string", enum: ["lower", "as_is"] },
    age_ms: { type: "integer", minimum: 0 },
  },
} as const;

/** What banks, the provider's panel and forgers do: disputes, refunds by hand, notices nobody caused. */
export const addMoneyControl = (app: FastifyInstance, world: World): void => {
  const { store } = world;
  app.post<{ Body: { id: string; outcome?: DisputeOutcome } }>(
    "/sandbox/chargebacks",
    { schema: { body: chargebackSchema } },
    async (request, reply) => {
      const { id: chargeId, outcome = "charged_back" } = request.body;
      const decision = store.transact(() => disputeCharge(world, { id: chargeId, outcome }));
      await store.durable();
      if (!decision.ok)
        return sendProblem(
          { request, reply },
          { code: decision.code === "unknown" ? "unknown-code" : "not-disputable" },
        );
      const { id: number, paymentNumber, amountCents } = decision.value;
      return reply
        .code(201)
        .send({ id: String(number), payment_id: String(paymentNumber), amount_cents: amountCents, outcome });
    },
  );
  app.post<{ Body: { id: string; amount_cents?: number } }>(
    "/sandbox/refunds",
    { schema: { body: panelRefundSchema } },
    async (request, reply) => {
      const { id: chargeId, amount_cents: amountCents } = request.body;
      const decision = store.transact(() =>
        refundInPanel(world, { id: chargeId, ...(amountCents !== undefined && { amountCents }) }),
      );
      await store.durable();
      if (!decision.ok)
        return sendProblem(
          { request, reply },
          { code: decision.code === "unknown" ? "unknown-code" : "not-refundable" },
        );
      return reply.code(201).send({ id: decision.value.refundId, amount_cents: decision.value.amountCents });
    },
  );
  app.post<{ Body: NoticeRequest & { seller_id?: string } }>(
    "/sandbox/notify",
    { schema: { body: noticeSchema } },
    async (request, reply) => {
      const { seller_id: sellerId, ...notice } = request.body;
      const seller = sellerId === undefined ? world.sellers.all()[0] : world.sellers.byUserId(sellerId);
      if (seller === undefined) return sendProblem({ request, reply }, { code: "unknown-seller" });
      const ids = store.transact(() => sendNotice(world, { seller, request: notice }));
      await store.durable();
      return reply.code(202).send({ ids });
    },
  );
};
