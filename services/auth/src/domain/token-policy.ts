import type { Person, StaffRole } from "./person.ts";

/** Who a token is made out to. */
export type TokenHolder =
  | { readonly kind: "customer"; readonly id: string; readonly level: "anonymous" | "identified" | "registered" }
  | { readonly kind: "staff"; readonly id: string; readonly role: StaffRole }
  | { readonly kind: "service"; readonly client: ServiceClient };

/** The services that call each other, and the one audience each one's token is good for. */
export const SERVICE_AUDIENCES = { order: "payment", payment: "order" } as const;
export type ServiceClient = keyof typeof SERVICE_AUDIENCES;

/** What a token says; the names of the claims are given by whoever signs it. */
export type TokenTerms = {
  readonly subject: string;
  readonly role: "customer" | "service" | StaffRole;
  readonly level: "anonymous" | "identified" | "registered" | null;
  readonly clientId: string;
  readonly audience: readonly string[] | string;
  readonly scope: string;
  readonly lifetimeSeconds: number;
};

const PERSON_LIFETIME_S = 3600;
const SERVICE_LIFETIME_S = 300;
const ALL_SERVICES = ["auth", "order", "payment"] as const;
const FIRST_PARTY_CLIENT = "web";

/** The one table of what each kind of holder gets. No personal data: a token is stored and logged by others. */
export function termsFor(holder: TokenHolder): TokenTerms {
  const ofPeople = { clientId: FIRST_PARTY_CLIENT, audience: ALL_SERVICES, lifetimeSeconds: PERSON_LIFETIME_S };
  switch (holder.kind) {
    case "customer":
      return {
        ...ofPeople,
        subject: holder.id,
        role: "customer",
        level: holder.level,
        scope: `customer:${holder.level}`,
      };
    case "staff":
      return { ...ofPeople, subject: holder.id, role: holder.role, level: null, scope: `staff:${holder.role}` };
    case "service":
      return {
        subject: holder.client,
        role: "service",
        level: null,
        clientId: holder.client,
        audience: SERVICE_AUDIENCES[holder.client],
        scope: "service",
        lifetimeSeconds: SERVICE_LIFETIME_S,
      };
  }
}

/** The holder that `person` is after proving who they are (by password, or by having just registered). */
export function holderFor(person: Person): TokenHolder {
  return person.role === "customer"
    ? { kind: "customer", id: person.id, level: person.level }
    : { kind: "staff", id: person.id, role: person.role };
}
