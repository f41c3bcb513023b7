import { Chargeback } from "mercadopago";
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { ProviderResult } from "../../domain/provider-charge.ts";
import { mapDone } from "./outcomes.ts";
import type { PlainGet } from "./plain-get.ts";
import type { Sdk } from "./sdk-call.ts";

const NumericId = Type.Union([Type.Integer(), Type.String({ pattern: "^\\d{1,30}$" })]);
const ChargebackAnswer = Type.Object({
  payment_id: Type.Optional(Type.Union([NumericId, Type.Null()])),
  payments: Type.Optional(Type.Array(NumericId)),
});
const ClaimAnswer = Type.Object({ resource: Type.String({ maxLength: 60 }), resource_id: NumericId });

/** The payment that a chargeback is about; `null` when the provider does not know it, or it names none. */
export async function paymentOfChargeback(sdk: Sdk, id: string): Promise<ProviderResult<string | null>> {
  const result = await sdk({
    answer: ChargebackAnswer,
    key: null,
    send: (config) => new Chargeback(config).get({ id }),
  });
  return orUnknown(mapDone(result, ({ payment_id: one, payments }) => textOf(one ?? payments?.[0])));
}

/** The payment that a buyer complained about (after-sales API, which the SDK does not have). */
export async function paymentOfClaim(get: PlainGet, id: string): Promise<ProviderResult<string | null>> {
  const result = orUnknown(await get(`/post-purchase/v1/claims/${id}`));
  return mapDone(result, (claim) =>
    Value.Check(ClaimAnswer, claim) && claim.resource === "payment" ? textOf(claim.resource_id) : null,
  );
}

function orUnknown<Found>(result: ProviderResult<Found>): ProviderResult<Found | null> {
  return result.outcome === "refused" && result.status === 404 ? { outcome: "done", value: null } : result;
}

function textOf(id: number | string | null | undefined): string | null {
  return id == null ? null : String(id);
}
