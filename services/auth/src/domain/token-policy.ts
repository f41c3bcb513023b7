import type { DeviceKind } from "./device.ts";
import type { Person, StaffRole } from "./person.ts";
import { acrOf, amrOf, type StaffProof } from "./staff-proof.ts";

/** Who a token is made out to. */
export type TokenHolder =
  | {
      readonly kind: "customer";
      readonly id: string;
      readonly level: "anonymous" | "identified" | "registered";
      readonly deviceId?: string | null;
    }
  | { readonly kind: "staff"; readonly id: string; readonly role: StaffRole; readonly proof: StaffProof }
  | { readonly kind: "device"; readonly id: string; readonly deviceKind: DeviceKind }
  | { readonly kind: "service"; readonly client: ServiceClient | "auth"; readonly audience: Audience };

/** The services a token can be for. */
export const AUDIENCES = ["auth", "order", "payment"] as const;
export type Audience = (typeof AUDIENCES)[number];

/** The services that call each other, and whom each one calls; a token names exactly one of them, by default the first. */
export const SERVICE_AUDIENCES = { order: ["payment", "auth"], payment: ["order", "auth"] } as const;
export type ServiceClient = keyof typeof SERVICE_AUDIENCES;

/** The clients that hold no secret: our own pages, and the devices. */
export const PUBLIC_CLIENTS = ["web", "device"] as const;
export type PublicClient = (typeof PUBLIC_CLIENTS)[number];

/** The audience of a service's token: the one it asks for, when it may; `null` when it may not. */
export function serviceAudience(client: ServiceClient, wanted: string | undefined): Audience | null {
  const allowed: readonly Audience[] = SERVICE_AUDIENCES[client];
  if (wanted === undefined) return SERVICE_AUDIENCES[client][0];
  return allowed.find((audience) => audience === wanted) ?? null;
}

/** What a token says; the names of the claims are given by whoever signs it. */
export type TokenTerms = {
  readonly subject: string;
  readonly role: "customer" | "device" | "service" | StaffRole;
  readonly level: "anonymous" | "identified" | "registered" | null;
  readonly deviceKind: DeviceKind | null;
  /** The paired device at which a person stands, when that asked for the token. */
  readonly deviceId: string | null;
  readonly clientId: ServiceClient | PublicClient | "auth";
  readonly audience: readonly string[] | string;
  readonly scope: string;
  /** How its holder proved who they are (RFC 8176), and what that amounts to; `null` where nothing is said of it. */
  readonly amr: readonly string[] | null;
  readonly acr: string | null;
  readonly lifetimeSeconds: number;
};

/** What the settings say about tokens of staff: how many seconds they live, and whether a second factor is demanded. */
export type StaffTokenPolicy = { readonly staffSeconds: number; readonly mfaIsRequired: boolean };

/** No access token of ours lives longer (reliability AU-05), whatever the settings say. */
export const LIFETIME_MAX_S = 3600;
const SERVICE_LIFETIME_S = 300;
/** How long somebody is signed in by PIN at a shared screen, in seconds. */
const PIN_SECONDS = 600;

/** The one table of what each kind of holder gets. No personal data: a token is stored and logged by others. */
export function termsFor(holder: TokenHolder, policy: StaffTokenPolicy): TokenTerms {
  const base = {
    clientId: "web",
    audience: AUDIENCES,
    level: null,
    deviceKind: null,
    deviceId: null,
    amr: null,
    acr: null,
    lifetimeSeconds: LIFETIME_MAX_S,
  } as const;
  switch (holder.kind) {
    case "customer":
      return {
        ...base,
        subject: holder.id,
        role: "customer",
        level: holder.level,
        deviceId: holder.deviceId ?? null,
        scope: `customer:${holder.level}`,
        // A CPF is a claim; a password, a code sent by e-mail and having just registered are proof (docs/adr/0016).
        acr: holder.level === "anonymous" ? null : holder.level === "identified" ? "identified" : "verified",
      };
    case "staff":
      return {
        ...base,
        subject: holder.id,
        role: holder.role,
        scope: `staff:${holder.role}`,
        amr: amrOf(holder.proof),
        acr: acrOf(holder.proof, policy),
        lifetimeSeconds: holder.proof === "pin" ? Math.min(PIN_SECONDS, policy.staffSeconds) : policy.staffSeconds,
      };
    case "device":
      return {
        ...base,
        subject: holder.id,
        role: "device",
        deviceKind: holder.deviceKind,
        clientId: "device",
        scope: `device:${holder.deviceKind}`,
      };
    case "service":
      return {
        ...base,
        subject: holder.client,
        role: "service",
        clientId: holder.client,
        audience: holder.audience,
        scope: "service",
        lifetimeSeconds: SERVICE_LIFETIME_S,
      };
  }
}

/** The holder that `person` is after proving who they are: staff by `proof`, guests by password or by having just registered. */
export function holderFor(
  person: Person,
  proof: StaffProof = "password",
): TokenHolder & { readonly kind: "customer" | "staff" } {
  return person.role === "customer"
    ? { kind: "customer", id: person.id, level: person.level }
    : { kind: "staff", id: person.id, role: person.role, proof };
}
