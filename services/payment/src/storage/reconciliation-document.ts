import { type Static, type TSchema, Type } from "typebox";
import { Compile } from "typebox/compile";
import { DIFFERENCE_CLASSES, type Difference, type ReconciliationSummary } from "../domain/reconciliation.ts";

const Whole = Type.Integer({ minimum: 0 });
const NullableText = Type.Union([Type.String(), Type.Null()]);
const Sums = Type.Object({ cameCents: Whole, returnedCents: Whole });
const Side = Type.Union([Type.Null(), Type.Object({ status: Type.String(), cameCents: Whole, returnedCents: Whole })]);

const Summary = Type.Object({
  compared: Whole,
  agreeing: Whole,
  pending: Whole,
  counter: Whole,
  unread: Whole,
  found: Type.Object({ ours_only: Whole, theirs_only: Whole, amount: Whole, status: Whole, ledger: Whole }),
  open: Whole,
  healed: Whole,
  openCents: Whole,
  ours: Sums,
  theirs: Sums,
  counterSums: Sums,
  listed: Whole,
  requests: Whole,
});

const Items = Type.Array(
  Type.Object({
    class: Type.Enum(DIFFERENCE_CLASSES),
    outcome: Type.Enum(["open", "healed"]),
    chargeId: NullableText,
    orderId: NullableText,
    providerId: NullableText,
    providerPaymentId: NullableText,
    ours: Side,
    theirs: Side,
    differenceCents: Whole,
  }),
);

const summaryShape = Compile(Summary);
const itemsShape = Compile(Items);

/**
 * Reads the figures of a run as a store holds them.
 * @throws Error when they have not their shape: better no answer than a wrong one about money
 */
export function decodeSummary(stored: unknown): ReconciliationSummary | null {
  if (stored === null || stored === undefined) return null;
  return checked<typeof Summary>(summaryShape, stored);
}

/**
 * Reads the differences of a run as a store holds them.
 * @throws Error when they have not their shape
 */
export function decodeItems(stored: unknown): readonly Difference[] {
  return stored === null || stored === undefined ? [] : checked<typeof Items>(itemsShape, stored);
}

function checked<Schema extends TSchema>(
  shape: { readonly Check: (value: unknown) => value is Static<Schema> },
  stored: unknown,
): Static<Schema> {
  if (shape.Check(stored)) return stored;
  throw new Error("the report of a reconciliation cannot be read");
}
