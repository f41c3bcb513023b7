import { KNOWN_DEVICE_SECONDS } from "../use-cases/known-device.ts";

const NAME = "comanda_known_device";
// Browsers keep a cookie of this name only if it came over TLS (RFC 6265bis §4.1.3.1, ASVS V3.3.1).
const SECURE_NAME = `__Secure-${NAME}`;

/** The mark of a device that somebody signed in from, out of the cookies of a request. */
export function readKnownDevice(cookies: string | undefined): string | undefined {
  if (cookies === undefined || cookies.length > 4096) return undefined;
  const pairs = cookies.split(";").map((text) => text.trim().split("=", 2));
  return pairs.find(([name]) => name === NAME || name === SECURE_NAME)?.[1];
}

/** Keeps the mark where no script of a page can read it, and sends it with sign-ins only. */
export function writeKnownDevice(mark: string, { isSecure }: { readonly isSecure: boolean }): string {
  const attributes = ["Path=/token", `Max-Age=${KNOWN_DEVICE_SECONDS}`, "HttpOnly", "SameSite=Strict"];
  return [`${isSecure ? SECURE_NAME : NAME}=${mark}`, ...attributes, ...(isSecure ? ["Secure"] : [])].join("; ");
}
