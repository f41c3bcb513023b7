import {
  type App,
  type Caller,
  callerOf,
  houseProblem,
  IdSchema,
  InstantSchema,
  languageOf,
  Nullable,
  PageOf,
  pageQuery,
  problemResponses,
  type Words,
} from "@comanda/service-kit";
import { type Static, Type } from "typebox";
import { type Alarm, type AlarmSources, listAlarms } from "../use-cases/list-alarms.ts";
import type { Counting } from "../use-cases/tally.ts";
import { ALARM_WORDS } from "./alarm-words.ts";
import { inReais } from "./problem-words.ts";

// The names of an object's own members.
const CODES = Object.keys(ALARM_WORDS) as (keyof typeof ALARM_WORDS)[]; // see above

const AlarmSchema = Type.Object(
  {
    id: Type.String({ description: "The same as long as it is the same alarm" }),
    code: Type.Enum(CODES, { description: "What it is; names are added, never changed (docs/alarms.md)" }),
    urgency: Type.Enum(["now", "soon"], { description: "`now`: a guest or money waits" }),
    since: InstantSchema,
    summary: Type.String({ description: "For people, in the language asked for" }),
    action: Type.String({ description: "What they can do" }),
    amount_cents: Nullable(Type.Integer({ minimum: 0, description: "How much hangs on it, in centavos" })),
    count: Type.Integer({ minimum: 1, description: "How many it sums up" }),
    payment_id: Nullable(IdSchema),
    order_id: Nullable(IdSchema),
    refund_id: Nullable(IdSchema),
    event_id: Nullable(IdSchema),
    reconciliation_id: Nullable(IdSchema),
    open: Nullable(Type.String({ description: "The path that tells more, of those that the caller may read" })),
  },
  {
    examples: [
      {
        id: "refund-not-made-good:0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a05",
        code: "refund-not-made-good",
        urgency: "now",
        since: "2026-01-15T12:01:30.000Z",
        summary: "A devolução de R$ 42,90 falhou e ninguém a refez.",
        action:
          "Resolva o motivo (quase sempre falta de saldo no Mercado Pago); depois, um administrador tenta a devolução de novo.",
        amount_cents: 4290,
        count: 1,
        payment_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a02",
        order_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a01",
        refund_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a05",
        event_id: null,
        reconciliation_id: null,
        open: "/payments/0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a02/transactions",
      },
    ],
  },
);
type AlarmView = Static<typeof AlarmSchema>;

const schema = {
  operationId: "list-alarms",
  tags: ["payments"],
  summary: "What calls for a person",
  description:
    "Everything about money that does not settle itself: paid and not in the kitchen, refunds that failed or do not move, unknown outcomes, disputes, open differences of the reconciliation, notices that were forged or for somebody else, events that were given up. What cannot wait stands first, the oldest first among equals. An empty list means that nobody needs to do anything.",
  querystring: Type.Object({ ...pageQuery }),
  response: {
    200: PageOf(AlarmSchema),
    ...problemResponses(["unauthenticated", "forbidden", "validation-failed", "internal", "unavailable"]),
  },
} as const;

/** `GET /payments/alarms` */
export function listAlarmsRoute(app: App, deps: AlarmSources & { readonly counting: Counting }): void {
  app.get("/payments/alarms", { config: { access: ["manager", "admin"] }, schema }, async (request, reply) => {
    const { limit, cursor } = request.query;
    const after = cursor === undefined ? null : placeOfCursor(cursor);
    const language = languageOf(request.headers["accept-language"]);
    reply.headers({ "content-language": language === "pt" ? "pt-BR" : "en", vary: "accept-language" });
    await deps.counting.flush();
    const { role } = callerOf(request);
    const all = (await listAlarms(deps)).map((alarm) => viewOf(alarm, { language, role }));
    const rest = all
      .map((alarm) => ({ alarm, place: placeOf(alarm) }))
      .toSorted((one, other) => (one.place < other.place ? -1 : 1))
      .filter(({ place }) => after === null || place > after);
    const last = rest[limit - 1];
    return {
      items: rest.slice(0, limit).map(({ alarm }) => alarm),
      next_cursor: rest.length > limit && last !== undefined ? Buffer.from(last.place).toString("base64url") : null,
    };
  });
}

/** Where an alarm stands in the list: what cannot wait first, then the oldest. It sorts as text. */
function placeOf({ urgency, since, id }: AlarmView): string {
  return `${urgency === "now" ? 0 : 1} ${since} ${id}`;
}

function placeOfCursor(cursor: string): string {
  const place = Buffer.from(cursor, "base64url").toString();
  if (/^[01] \d{4}-\d\d-\d\dT[\d:.]{12}Z [a-z-]+:[\w-]*$/.test(place)) return place;
  const errors = [{ path: "/querystring/cursor", message: "is no cursor of ours" }];
  throw houseProblem("validation-failed", { extensions: { errors } });
}

/** Who reads the list, and in which language. */
type Reader = { readonly language: keyof Words; readonly role: Caller["role"] };

function viewOf(alarm: Alarm, { language, role }: Reader): AlarmView {
  const { code, since, amountCents, count, paymentId, orderId, refundId, eventId, reconciliationId } = alarm;
  const { urgency, summary, action } = ALARM_WORDS[code];
  return {
    id: `${code}:${refundId ?? eventId ?? reconciliationId ?? paymentId ?? ""}`,
    code,
    urgency,
    since: since.toISOString(),
    summary: fill(summary[language], alarm),
    action: action[language],
    amount_cents: amountCents,
    count,
    payment_id: paymentId,
    order_id: orderId,
    refund_id: refundId,
    event_id: eventId,
    reconciliation_id: reconciliationId,
    open: openOf(alarm, role),
  };
}

function fill(text: string, { amountCents, count, about }: Alarm): string {
  const amount = amountCents === null ? "?" : inReais(amountCents);
  return text
    .replace("{amount}", () => amount)
    .replace("{count}", String(count))
    .replace("{about}", () => (about ?? amount).replace(/\.$/, ""));
}

/** Parked events and comparisons are for administrators: nobody is sent to where they would be turned away. */
function openOf({ code, paymentId, reconciliationId }: Alarm, role: Reader["role"]): string | null {
  if (role === "admin" && code === "events-parked") return "/events/parked";
  if (role === "admin" && reconciliationId !== null) return `/payments/reconciliations/${reconciliationId}`;
  return paymentId === null ? null : `/payments/${paymentId}/transactions`;
}
