import { describe, expect, it } from "vitest";
import { STAFF_ROLES } from "./person.ts";
import { holderFor, termsFor } from "./token-policy.ts";

const allServices = ["auth", "order", "payment"];

describe("the terms of a token", () => {
  it.each(["anonymous", "identified", "registered"] as const)("when a guest is %s, then the level says so", (level) => {
    expect(termsFor({ kind: "customer", id: "c1", level })).toEqual({
      subject: "c1",
      role: "customer",
      level,
      clientId: "web",
      audience: allServices,
      scope: `customer:${level}`,
      lifetimeSeconds: 3600,
    });
  });

  it.each(STAFF_ROLES)("when somebody of the shop is %s, then the token carries that role and no level", (role) => {
    const terms = termsFor({ kind: "staff", id: "s1", role });
    expect(terms).toMatchObject({ role, level: null, audience: allServices, lifetimeSeconds: 3600 });
  });

  it("when a service asks, then its token is short and for the other service alone", () => {
    const order = termsFor({ kind: "service", client: "order" });
    const payment = termsFor({ kind: "service", client: "payment" });
    expect(order).toMatchObject({ subject: "order", role: "service", audience: "payment", lifetimeSeconds: 300 });
    expect(payment).toMatchObject({ subject: "payment", role: "service", audience: "order", lifetimeSeconds: 300 });
  });

  it("when an anonymous guest is known, then nothing raises their level", () => {
    const person = { id: "c1", createdAt: new Date(0), role: "customer", level: "anonymous", profile: null } as const;
    expect(holderFor(person)).toEqual({ kind: "customer", id: "c1", level: "anonymous" });
  });
});
