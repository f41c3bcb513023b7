import { AppConfig } from "mercadopago/dist/utils/config/index.js";

/** Where the real Mercado Pago is. */
export const OFFICIAL_URL = "https://api.mercadopago.com";
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Says why `baseUrl` may not stand for Mercado Pago, or `null` when it may. Plain HTTP never leaves this machine. */
export function baseUrlFault(baseUrl: string): string | null {
  const url = URL.parse(baseUrl);
  if (url === null || url.pathname !== "/" || url.search !== "" || url.username !== "") {
    return "must be an origin such as http://127.0.0.1:8003";
  }
  if (url.protocol === "https:") return null;
  if (url.protocol !== "http:") return "must be http or https";
  return LOOPBACK.has(url.hostname) ? null : "must be https unless it is this machine";
}

/**
 * Points the SDK at `baseUrl`, or at the real Mercado Pago when it is null. The SDK keeps it in one mutable static that
 * is not part of its public API (provider §1.4), so whether it took is asserted here, at start.
 * @throws Error for an address that may not be used, or when a newer SDK no longer listens
 */
export function useProviderAt(baseUrl: string | null): void {
  if (baseUrl !== null) {
    const fault = baseUrlFault(baseUrl);
    if (fault !== null) throw new Error(`the provider's address ${fault}`);
  }
  const wanted = baseUrl === null ? OFFICIAL_URL : new URL(baseUrl).origin;
  Object.assign(AppConfig, { BASE_URL: wanted });
  const taken: string = AppConfig.BASE_URL;
  if (taken !== wanted) throw new Error("the Mercado Pago SDK does not take another address");
}
