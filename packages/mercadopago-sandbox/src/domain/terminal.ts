import type { Till } from "./order.ts";

/** How a card machine works: `PDV` takes orders from the API, `STANDALONE` only what is typed on it. */
export type OperatingMode = "PDV" | "STANDALONE";

/** A card machine of a seller, standing at a till. */
export type Terminal = { id: string; userId: string; till: Till; operatingMode: OperatingMode };

/** Id of the machine the seller has from the start: the one Mercado Pago documents for tests without hardware. */
export const testTerminalId = "NEWLAND_N950__SBX0000001";
