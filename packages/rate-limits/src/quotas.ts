/** So many requests within so many seconds. */
export type Quota = { readonly requests: number; readonly windowSeconds: number };

/** The quotas of a service by name; `null` when nothing is limited. */
export type Quotas<Name extends string> = Readonly<Record<Name, Quota>> | null;

/** The form of `RATE_LIMITS`: `off`, or changes like `anonymous=600/60 login=50/60`. For a settings schema. */
export const RATE_LIMITS_PATTERN = "^(off|[a-z-]+=\\d{1,7}/\\d{1,5}( +[a-z-]+=\\d{1,7}/\\d{1,5})*)$";

/**
 * Reads `RATE_LIMITS`: what it names goes before the defaults, everything else stays as it is.
 * @throws Error for a name that is no limit of this service, and for a quota or window of nothing
 */
export function readQuotas<Name extends string>(
  text: string | undefined,
  defaults: Readonly<Record<Name, Quota>>,
): Quotas<Name> {
  if (text === "off") return null;
  const quotas: Record<string, Quota> = { ...defaults };
  for (const part of (text ?? "").split(/ +/).filter((part) => part !== "")) {
    const [, name = "", requests = 0, windowSeconds = 0] = /^([a-z-]+)=(\d+)\/(\d+)$/.exec(part) ?? [];
    if (!Object.hasOwn(defaults, name)) {
      throw new Error(`RATE_LIMITS: ${name || part} is no limit; there are ${Object.keys(defaults).join(", ")}`);
    }
    const quota = { requests: Number(requests), windowSeconds: Number(windowSeconds) };
    if (quota.requests < 1 || quota.windowSeconds < 1) throw new Error(`RATE_LIMITS: ${name} must let something pass`);
    quotas[name] = quota;
  }
  return quotas as Readonly<Record<Name, Quota>>; // only names of the defaults were replaced
}
