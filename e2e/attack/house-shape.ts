import type { CallerName } from "@comanda/testing/callers";
import type { System } from "@comanda/testing/system";
import type { Signer } from "@comanda/testing/token-states";

/** A service with routes of its own. */
export type Service = "auth" | "order" | "payment";

/** Something that can be asked for by its id, and whose it is. */
export type Thing = {
  readonly id: string;
  readonly owner: CallerName;
  readonly parts: Readonly<Record<string, string>>;
};
/** By the first part of their path (`orders`); what the attack made itself is kept apart (`made orders`). */
export type Things = Map<string, Thing[]>;

/** A running system in which everybody is at home: a token for each caller, and things to ask for. */
export type House = {
  readonly system: System;
  readonly urlOf: (service: Service | "gateway") => string;
  /** A good token of this caller for this service. */
  readonly tokenOf: (caller: CallerName, service: Service) => Promise<string>;
  readonly signerOf: (service: Service) => Signer;
  readonly idOf: (caller: CallerName) => string;
  readonly things: Things;
  /** The registered guest, as they would sign in; their token may be thrown away. */
  readonly guest: { readonly cpf: string; readonly email: string; readonly token: string };
  /** What the order service shows auth. */
  readonly clientSecret: string;
  /** The n-th CPF and e-mail that nobody has yet. */
  readonly freshCpf: () => string;
  readonly freshEmail: () => string;
  readonly close: () => Promise<void>;
};
