import type { CallerName } from "@comanda/testing/callers";
import { claimsOf, sign } from "@comanda/testing/token-states";
import type { House, Service } from "../house-shape.ts";

/**
 * What has to be so before a request can succeed, and that no document tells: who asks for what, and the parts of a body
 * that only the state of the system makes right. Made anew for each request, as the system's users would make it.
 */
export type Occasion = {
  readonly caller?: CallerName;
  /** Of somebody who is not one of the house's. */
  readonly token?: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Members that take the place of the generated ones; `undefined` takes one away. */
  readonly body?: Readonly<Record<string, unknown>>;
};
/** @param turn the number of the request, for those that come in several ways */
export type MakeOccasion = (house: House, turn: number) => Promise<Occasion>;

/** By the name of the operation, as `POST /payments/{id}/refunds`. */
export type Occasions = Readonly<Record<string, MakeOccasion>>;

// Of a token from the very second in which somebody's tokens were taken back nobody can tell which came first.
const LATER_S = 5;

/** A good token of exactly this person or service. */
export function tokenFor(
  house: Pick<House, "signerOf">,
  who: { readonly name: CallerName; readonly id: string },
  service: Service,
): Promise<string> {
  const signer = house.signerOf(service);
  const claims = claimsOf(signer, who);
  return sign(signer, { ...claims, iat: Math.floor(Date.now() / 1000) + LATER_S });
}
