import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/** Finds the addresses of a name, as the operating system does. @throws when there is none */
export type Resolve = (name: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** The system's resolver. */
export const systemResolve: Resolve = (name) => lookup(name, { all: true });

// IANA special-purpose registries: nothing of these is somebody else's server on the Internet.
const special = new BlockList();
const V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
const V6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  // 6to4 holds an IPv4 address, which may be anything.
  ["2002::", 16],
  ["3fff::", 20],
];
for (const [network, bits] of V4) special.addSubnet(network, bits, "ipv4");
for (const [network, bits] of V6) special.addSubnet(network, bits, "ipv6");
const global = new BlockList();
global.addSubnet("2000::", 3, "ipv6");

/** Whether an address is a public one: not loopback, private, link-local, metadata, multicast, or otherwise special. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address, "ipv4");
    case 6:
      // Everything but global unicast is special, IPv4 in the clothes of IPv6 included.
      return global.check(address, "ipv6") && !special.check(address, "ipv6");
    default:
      return false;
  }
}

// Names that only ever mean something inside (RFC 6761, RFC 6762, RFC 8375, RFC 9476, and what clouds use).
const INSIDE = /(^|\.)(localhost|local|internal|home\.arpa|localdomain|intranet|lan|alt|test|invalid|onion)$/;

/** Why an address is nobody's business of ours. */
export type AddressFault = "not-https" | "not-public" | "has-credentials";

const RESOLVE_MS = 1_000;

/**
 * Looks whether an address that came from outside is https and leads to a public place; its name is looked up, and
 * every address that it has must be public. A name that cannot be looked up now is let pass: whoever connects checks
 * again, and nothing here connects. It speaks to nobody but the resolver.
 */
export async function faultOfPublicUrl(text: string, resolve: Resolve = systemResolve): Promise<AddressFault | null> {
  const url = URL.parse(text);
  const fault = faultOfUrl(url);
  if (url === null || fault !== null) return fault;
  const name = hostOf(url);
  if (isIP(name) !== 0) return isPublicAddress(name) ? null : "not-public";
  const addresses = await soon(resolve(name));
  return addresses.every(({ address }) => isPublicAddress(address)) ? null : "not-public";
}

/** What can be said of an address without looking up its name. */
export function faultOfUrl(url: URL | null): AddressFault | null {
  if (url?.protocol !== "https:") return "not-https";
  if (url.username !== "" || url.password !== "") return "has-credentials";
  const name = hostOf(url);
  if (isIP(name) !== 0) return isPublicAddress(name) ? null : "not-public";
  return INSIDE.test(name) || !name.includes(".") ? "not-public" : null;
}

/** The host as it is connected to: no brackets, no trailing dot. Numbers in strange forms are plain by now (WHATWG). */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

async function soon(resolving: ReturnType<Resolve>): ReturnType<Resolve> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly []>((give) => {
    timer = setTimeout(give, RESOLVE_MS, []);
  });
  try {
    return await Promise.race([resolving, late]);
  } catch {
    // It has no address, or there is no network: then it leads nowhere.
    return [];
  } finally {
    clearTimeout(timer);
  }
}
