import type { Id } from "@comanda/primitives";
import type { Charge } from "../domain/charge.ts";
import type { Payer } from "../domain/payer.ts";
import type { CreatedAtProvider, ProviderCharge, ProviderResult, RefundAnswer } from "../domain/provider-charge.ts";

/**
 * Whoever takes the money for us, in our own words. No method throws for what the provider or the network does: that is
 * an outcome. Every write carries a key that follows from ours, so that saying it twice does it once.
 */
export type PaymentProvider = {
  /** A QR that lives for `seconds`, counted from when the provider makes it. Key `create-<charge id>`. */
  readonly createQrCharge: (charge: Charge, seconds: number) => Promise<ProviderResult<CreatedAtProvider>>;
  /**
   * A charge at the card terminal of the charge's place, for `seconds`. Refused with `terminal-busy` while another
   * charge is there. Key `create-<charge id>`.
   */
  readonly createTerminalCharge: (charge: Charge, seconds: number) => Promise<ProviderResult<CreatedAtProvider>>;
  /** A hosted page to pay on, until the charge's `expiresAt`. Key `create-<charge id>`. */
  readonly createLink: (charge: Charge) => Promise<ProviderResult<CreatedAtProvider>>;
  /** Says on the payment page of a link who pays. Best effort: the page asks for what it does not know. */
  readonly namePayer: (charge: Charge, payer: Payer) => Promise<ProviderResult<null>>;
  /**
   * The charge as it stands there; `null` when the provider does not know it.
   * @param paymentIdHint a payment that a notification spoke of: a search may not see it yet
   */
  readonly readCharge: (
    charge: Charge,
    paymentIdHint?: string | null,
  ) => Promise<ProviderResult<ProviderCharge | null>>;
  /**
   * A charge that was asked for and never answered, looked for by our name for it: the provider forgets keys after a
   * day, and may be slow to find what is new. `null` when it finds none.
   */
  readonly findCharge: (charge: Charge, seconds: number) => Promise<ProviderResult<CreatedAtProvider | null>>;
  /** What a notification speaks of: the reference that its maker gave it, i.e. the charge's id. */
  readonly readReference: (
    resource: ProviderResource,
  ) => Promise<ProviderResult<{ readonly reference: Id | null; readonly paymentId: string | null } | null>>;
  /**
   * Closes what is open. `asked`: the card terminal shows it and was asked to give it up; only a later read tells what
   * came of that. Key `cancel-<charge id>`, at a terminal with the charge's version.
   */
  readonly cancelCharge: (charge: Charge) => Promise<ProviderResult<"closed" | "asked">>;
  /** The card terminals of the shop, as they stand at the provider. */
  readonly listTerminals: () => Promise<ProviderResult<readonly Terminal[]>>;
  /** Gives money back by the family the money came by. Key `refund-<refund id>`. */
  readonly refundCharge: (charge: Charge, refundId: Id) => Promise<ProviderResult<RefundAnswer>>;
};

/** A card terminal of the shop. Only one in the mode `PDV` takes the charges of a program. */
export type Terminal = {
  readonly id: string;
  readonly operatingMode: string;
  readonly externalPosId: string | null;
};

/** Something at the provider that a notification may speak of. */
export type ProviderResource = {
  readonly kind: "order" | "payment" | "merchant-order" | "chargeback" | "claim";
  readonly id: string;
};
