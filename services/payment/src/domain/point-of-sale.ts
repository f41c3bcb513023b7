import type { Id } from "@comanda/primitives";

/** What the shop has put beside a paired device: whose QR it shows, and which card terminal takes its charges. */
export type PointOfSale = {
  readonly deviceId: Id;
  /** The provider's point of sale; `null` is the shop's default one. */
  readonly externalPosId: string | null;
  readonly terminalId: string | null;
  readonly updatedAt: Date;
};
