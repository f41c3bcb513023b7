import type { StaffRole } from "./person.ts";

/** Who works under whom, from the bottom up. */
const RANKS = ["kitchen", "cashier", "manager", "admin"] as const satisfies readonly StaffRole[];

/** Whether somebody of the role `by` may ask others in as `role`: administrators anybody, managers those below them. */
export function mayInvite(by: StaffRole, role: StaffRole): boolean {
  return by === "admin" || (by === "manager" && rankOf(role) < rankOf(by));
}

/** The lesser of two roles. */
export function lesserRole(one: StaffRole, other: StaffRole): StaffRole {
  return rankOf(one) <= rankOf(other) ? one : other;
}

function rankOf(role: StaffRole): number {
  return RANKS.indexOf(role);
}
