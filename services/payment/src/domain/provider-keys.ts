import type { Id } from "@comanda/primitives";
import type { Charge } from "./charge.ts";

/** The key under which the provider is asked for a charge: asked twice, made once. */
export function createKeyOf({ id }: Pick<Charge, "id">): string {
  return `create-${id}`;
}

/** The key under which the provider is asked for a refund: asked twice, given back once. */
export function refundKeyOf(refundId: Id): string {
  return `refund-${refundId}`;
}
