import type { Caller } from "@comanda/service-kit";
import type { TokenHolder } from "../domain/token-policy.ts";

/**
 * The holder with the paired device that asks for their token, when one does. Only a device at which guests are served
 * counts: the claim says where the guest stands (docs/adr/0014-device-of-the-guest.md).
 */
export function atDevice<Holder extends TokenHolder>(holder: Holder, { caller }: { caller: Caller | null }): Holder {
  const serves = caller?.role === "device" && (caller.kind === "kiosk" || caller.kind === "counter");
  return serves && holder.kind === "customer" ? { ...holder, deviceId: caller.id } : holder;
}
