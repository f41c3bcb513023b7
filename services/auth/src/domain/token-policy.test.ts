import { describe, expect, it } from "vitest";
import { STAFF_ROLES } from "./person.ts";
import { holderFor, SERVICE_AUDIENCES, serviceAudience, termsFor } from "./token-policy.ts";

const allServices = ["auth", "order", "payment"];
const policy = { staffSeconds: 3600, mfaIsRequired: false };

describe("the terms of a token", () => {
  it.each([
    ["anonymous", null],
    ["identified", "identified"],
    ["registered", "verified"],
  ] as const)("when a guest is %s, then the level says so, and what it proves", (level, acr) => {
    expect(termsFor({ kind: "customer", id: "c1", level }, policy)).toEqual({
      subject: "c1",
      role: "customer",
      level,
      deviceKind: null,
      deviceId: null,
      clientId: "web",
      audience: allServices,
      scope: `customer:${level}`,
      amr: null,
      acr,
      lifetimeSeconds: 3600,
    });
  });

  it.each(STAFF_ROLES)("when somebody of the shop is %s, then the token carries that role and no level", (role) => {
    const terms = termsFor({ kind: "staff", id: "s1", role, proof: "password" }, policy);
    expect(terms).toMatchObject({ role, level: null, audience: allServices, lifetimeSeconds: 3600 });
  });

  it.each([
    ["password", false, "password", ["pwd"], 3600],
    ["password", true, "enrolment", ["pwd"], 3600],
    ["mfa", false, "mfa", ["pwd", "otp", "mfa"], 3600],
    ["mfa", true, "mfa", ["pwd", "otp", "mfa"], 3600],
    ["pin", false, "pin", ["pin"], 600],
    ["pin", true, "pin", ["pin"], 600],
  ] as const)(
    "when staff sign in by %s and a second factor being demanded is %s, then the token says %s",
    (proof, mfaIsRequired, acr, amr, lifetimeSeconds) => {
      const terms = termsFor({ kind: "staff", id: "s1", role: "admin", proof }, { ...policy, mfaIsRequired });
      expect(terms).toMatchObject({ acr, amr, lifetimeSeconds });
    },
  );

  it("when a device is paired, then its token says what it is for", () => {
    const terms = termsFor({ kind: "device", id: "d1", deviceKind: "kiosk" }, policy);
    expect(terms).toMatchObject({ role: "device", deviceKind: "kiosk", scope: "device:kiosk", audience: allServices });
  });

  it("when a service asks, then its token is short and for one service alone", () => {
    const terms = termsFor({ kind: "service", client: "order", audience: "payment" }, policy);
    expect(terms).toMatchObject({ subject: "order", role: "service", audience: "payment", lifetimeSeconds: 300 });
  });

  it("when a service says for whom, then it gets that of those it calls, and never itself", () => {
    for (const client of ["order", "payment"] as const) {
      expect(serviceAudience(client, undefined)).toBe(client === "order" ? "payment" : "order");
      for (const wanted of [...allServices, "", "web", "urn:comanda:auth"]) {
        const allowed: readonly string[] = SERVICE_AUDIENCES[client];
        expect(serviceAudience(client, wanted)).toBe(allowed.includes(wanted) ? wanted : null);
      }
      expect(serviceAudience(client, client)).toBeNull();
    }
  });

  it("when an anonymous guest is known, then nothing raises their level", () => {
    const person = { id: "c1", createdAt: new Date(0), role: "customer", level: "anonymous", profile: null } as const;
    expect(holderFor(person)).toEqual({ kind: "customer", id: "c1", level: "anonymous" });
  });
});
