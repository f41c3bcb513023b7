import { IdSchema, InstantSchema, Nullable } from "@comanda/service-kit";
import { type Static, Type } from "typebox";
import { DIFFERENCE_CLASSES, type Difference, type Reconciliation, type Side } from "../domain/reconciliation.ts";

const Cents = Type.Integer({ minimum: 0, description: "centavos" });
const Count = Type.Integer({ minimum: 0 });
const NullableText = Nullable(Type.String());

const SumsSchema = Type.Object({ came_cents: Cents, returned_cents: Cents });

const SummarySchema = Type.Object({
  compared: Type.Integer({ minimum: 0, description: "Charges of the day, and older ones that moved on it" }),
  agreeing: Count,
  pending: Type.Integer({ minimum: 0, description: "Money may still move: no difference, looked at the next day" }),
  counter: Type.Integer({ minimum: 0, description: "Taken at the counter: only ours by nature" }),
  unread: Type.Integer({ minimum: 0, description: "Mercado Pago gave no answer about these" }),
  found: Type.Object({ ours_only: Count, theirs_only: Count, amount: Count, status: Count, ledger: Count }),
  open: Type.Integer({ minimum: 0, description: "Differences that a person must look at" }),
  healed: Type.Integer({ minimum: 0, description: "Differences that reading again put right" }),
  open_cents: Cents,
  ours: SumsSchema,
  theirs: SumsSchema,
  counter_sums: SumsSchema,
  listed: Type.Integer({ minimum: 0, description: "Payments that Mercado Pago listed for the day" }),
  requests: Type.Integer({ minimum: 0, description: "Questions to Mercado Pago" }),
});

const properties = {
  id: IdSchema,
  date: Type.String({ format: "date", description: "Business day: 05:00 to 05:00, America/Sao_Paulo" }),
  trigger: Type.Enum(["daily", "person"]),
  status: Type.Enum(["queued", "running", "done", "failed"]),
  attempts: Count,
  requested_at: InstantSchema,
  started_at: Nullable(InstantSchema),
  finished_at: Nullable(InstantSchema),
  reason: NullableText,
  summary: Nullable(SummarySchema),
};

/** A comparison with the provider, in figures. */
export const ReconciliationSchema = Type.Object(properties);

const SideSchema = Nullable(Type.Object({ status: Type.String(), came_cents: Cents, returned_cents: Cents }));

const DifferenceSchema = Type.Object({
  class: Type.Enum(DIFFERENCE_CLASSES),
  outcome: Type.Enum(["open", "healed"]),
  payment_id: Nullable(IdSchema),
  order_id: Nullable(IdSchema),
  provider_id: NullableText,
  provider_payment_id: NullableText,
  ours: SideSchema,
  theirs: SideSchema,
  difference_cents: Cents,
});

/** A comparison with the provider, line by line. */
export const ReportSchema = Type.Object({ ...properties, items: Type.Array(DifferenceSchema) });

/** A run on the wire. */
export function viewOfRun(run: Reconciliation): Static<typeof ReconciliationSchema> {
  const { id, day, trigger, status, attempts, requestedAt, startedAt, finishedAt, reason, summary } = run;
  return {
    id,
    date: day,
    trigger,
    status,
    attempts,
    requested_at: requestedAt.toISOString(),
    started_at: startedAt?.toISOString() ?? null,
    finished_at: finishedAt?.toISOString() ?? null,
    reason,
    summary: summary === null ? null : viewOfSummary(summary),
  };
}

function viewOfSummary(summary: NonNullable<Reconciliation["summary"]>): Static<typeof SummarySchema> {
  const { openCents, counterSums, ours, theirs, ...counts } = summary;
  return {
    ...counts,
    open_cents: openCents,
    ours: viewOfSums(ours),
    theirs: viewOfSums(theirs),
    counter_sums: viewOfSums(counterSums),
  };
}

/** A difference on the wire. */
export function viewOfDifference(difference: Difference): Static<typeof DifferenceSchema> {
  const { chargeId, orderId, providerId, providerPaymentId, ours, theirs, differenceCents } = difference;
  return {
    class: difference.class,
    outcome: difference.outcome,
    payment_id: chargeId,
    order_id: orderId,
    provider_id: providerId,
    provider_payment_id: providerPaymentId,
    ours: viewOfSide(ours),
    theirs: viewOfSide(theirs),
    difference_cents: differenceCents,
  };
}

function viewOfSide(side: Side | null): Static<typeof SideSchema> {
  return side === null ? null : { status: side.status, ...viewOfSums(side) };
}

function viewOfSums({ cameCents, returnedCents }: { readonly cameCents: number; readonly returnedCents: number }) {
  return { came_cents: cameCents, returned_cents: returnedCents };
}
