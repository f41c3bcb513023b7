import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import type { PointOfSale } from "../domain/point-of-sale.ts";
import type { ChargeDesk } from "./charge-desk.ts";

/** The provider has no such card terminal. */
export type SetRefusal = { readonly kind: "terminal-unknown" };

/**
 * Writes down what stands beside a device. A card terminal is looked up at the provider, so that a slip of the pen is
 * found now and not by the first guest; with the provider away it is believed.
 */
export async function setPointOfSale(
  desk: Pick<ChargeDesk, "store" | "provider" | "clock" | "log">,
  wish: { readonly deviceId: Id; readonly externalPosId: string | null; readonly terminalId: string | null },
): Promise<Result<PointOfSale, SetRefusal>> {
  if (wish.terminalId !== null) {
    const terminals = await desk.provider.listTerminals();
    if (terminals.outcome === "done" && !terminals.value.some(({ id }) => id === wish.terminalId)) {
      return refuse({ kind: "terminal-unknown" });
    }
    if (terminals.outcome !== "done") desk.log.warn({ device: wish.deviceId }, "a card terminal was not looked up");
  }
  const pointOfSale: PointOfSale = { ...wish, updatedAt: desk.clock.now() };
  await desk.store.pointsOfSale.put(pointOfSale);
  desk.log.info({ ...wish }, "what stands beside a device was set");
  return ok(pointOfSale);
}
