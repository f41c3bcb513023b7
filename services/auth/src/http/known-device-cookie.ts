import { KNOWN_DEVICE_SECONDS } from "../use-cases/known-device.ts";

const NAME = "comanda_known_device";

/** The mark of a device that somebody signed in from, out of the cookies of a request. */
export function readKnownDevice(cookies: string | undefined): string | undefined {
  if (cookies === undefined || cookies.length > 4096) return undefined;
  const pair = cookies.split(";").find((text) => text.trim().startsWith(`${NAME}=`));
  return pair?.trim().slice(NAME.length + 1);
}

/** Keeps the mark where no script of a page can read it, and sends it with sign-ins only. */
export function writeKnownDevice(mark: string, { isSecure }: { readonly isSecure: boolean }): string {
  const attributes = ["Path=/token", `Max-Age=${KNOWN_DEVICE_SECONDS}`, "HttpOnly", "SameSite=Strict"];
  return [`${NAME}=${mark}`, ...attributes, ...(isSecure ? ["Secure"] : [])].join("; ");
}
