import type { Clock } from "@comanda/primitives";
import {
  type App,
  callerOf,
  houseProblem,
  IdParams,
  InstantSchema,
  languageOf,
  problemResponses,
  STAFF,
} from "@comanda/service-kit";
import { Type } from "typebox";
import { balanceOf, isBalanced } from "../domain/ledger.ts";
import type { ChargeStore } from "../storage/charge-store.ts";
import { noticesOf } from "../use-cases/notices-of-charges.ts";
import { viewOf } from "./charge-access.ts";
import { SITUATION_WORDS, type SituationCode, situationOf } from "./situation.ts";
import { STEP_WORDS } from "./step-words.ts";
import { nameSteps, tellSteps } from "./tell-step.ts";

// The names of an object's own members.
const CODES = Object.keys(STEP_WORDS) as (keyof typeof STEP_WORDS)[]; // see above

const SITUATIONS = Object.keys(SITUATION_WORDS) as SituationCode[]; // see above

const schema = {
  operationId: "list-transactions",
  tags: ["payments"],
  summary: "The recorded flow of a payment",
  description:
    "`situation` says in one sentence how it stands. Then everything that was asked, answered, notified and decided, and every centavo that moved (`money`, in double entry), oldest first, without secrets and personal data; with what the money adds up to. `summary` is a sentence for the cashier, in Portuguese, or in English by `Accept-Language: en`; `code` names its kind and stays. A `request` says what was asked (`operation`, `idempotency_key`, `amount_cents`, `expires_in_s`, `time`: how often by now). A `notification` shows its `raw_body` as it came (`is_verbatim`), or without what may be personal (`removed_fields` of it; `null` when it is no JSON object), with `signed_at`, `request_id` and `deliveries`; notifications are kept for 14 days, after which `is_kept` is false. The kitchen gets the `situation` without its amount and of each step when it was, its kind and its code; no money, nothing that people or Mercado Pago wrote, no balance.",
  params: IdParams,
  response: {
    200: Type.Object({
      situation: Type.Object(
        {
          code: Type.Enum(SITUATIONS, { description: "Names are added, never changed" }),
          summary: Type.String({ description: "For the cashier, in the language asked for" }),
        },
        { description: "How it stands now, in one sentence" },
      ),
      items: Type.Array(
        Type.Object({
          at: InstantSchema,
          kind: Type.Enum(["intent", "request", "answer", "notification", "decision", "event", "money"]),
          code: Type.Enum(CODES, { description: "The kind of step; names are added, never changed" }),
          summary: Type.Optional(Type.String({ description: "For people, in the language asked for" })),
          detail: Type.Optional(Type.Object({}, { additionalProperties: true })),
        }),
      ),
      balance: Type.Optional(
        Type.Object({
          held_cents: Type.Integer({ description: "With us: at the provider, or in the drawer" }),
          owed_cents: Type.Integer({ description: "With us, and a guest's" }),
          sales_cents: Type.Integer(),
          losses_cents: Type.Integer(),
          is_balanced: Type.Boolean({ description: "The entries add up to what the charge states" }),
        }),
      ),
    }),
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "internal", "unavailable"]),
  },
} as const;

/** `GET /payments/{id}/transactions` */
export function listTransactionsRoute(
  app: App,
  { store, clock }: { readonly store: ChargeStore; readonly clock: Clock },
): void {
  app.get(
    "/payments/:id/transactions",
    { config: { access: STAFF, audit: "list-transactions" }, schema },
    async (request, reply) => {
      const charge = await store.get(request.params.id.toLowerCase());
      if (charge === null) throw houseProblem("not-found");
      const language = languageOf(request.headers["accept-language"]);
      reply.headers({ "content-language": language === "pt" ? "pt-BR" : "en", vary: "accept-language" });
      const isKitchen = viewOf(callerOf(request)).audience === "kitchen";
      const situation = situationOf(charge, { language, now: clock.now(), hidesAmount: isKitchen });
      if (isKitchen) return { situation, items: nameSteps(charge) };
      const { heldCents, owedCents, salesCents, lossesCents } = balanceOf(charge);
      return {
        situation,
        items: tellSteps({ charge, notices: await noticesOf([charge], store), language }),
        balance: {
          held_cents: heldCents,
          owed_cents: owedCents,
          sales_cents: salesCents,
          losses_cents: lossesCents,
          is_balanced: isBalanced(charge),
        },
      };
    },
  );
}
