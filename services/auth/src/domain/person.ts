import type { Cpf } from "./cpf.ts";
import type { Email } from "./email.ts";

/** Who works in the shop. */
export const STAFF_ROLES = ["admin", "manager", "cashier", "kitchen"] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

/** A guest who gave nothing, or one who gave a name. (`identified` is a level of tokens, not of people.) */
export const CUSTOMER_LEVELS = ["anonymous", "registered"] as const;

/** What a person who is no anonymous guest told about themselves. */
export type Profile = { readonly name: string; readonly email: Email; readonly cpf: Cpf | null };

type Anonymous = { readonly role: "customer"; readonly level: "anonymous"; readonly profile: null };
type Registered = { readonly role: "customer"; readonly level: "registered"; readonly profile: Profile };
type StaffMember = { readonly role: StaffRole; readonly level: null; readonly profile: Profile };

/** Somebody auth knows: a guest without a name, a registered guest, or a member of the staff. */
export type Person = { readonly id: string; readonly createdAt: Date } & (Anonymous | Registered | StaffMember);

/** All that may be said to whoever merely knows a CPF: "Oi, Ana!" (reliability AU-18). */
export function firstNameOf(name: string): string {
  return name.trim().split(/\s+/u, 1)[0] ?? "";
}
