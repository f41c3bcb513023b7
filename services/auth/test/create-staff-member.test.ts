import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hireStaff, registerGuest, staffMember } from "./builders.ts";
import { type Auth, bearer, post, postToken, signToken, startAuth } from "./harness.ts";

let auth: Auth;
let token: string;
beforeAll(async () => {
  auth = await startAuth();
});
beforeEach(async () => {
  token = await signToken(auth, { role: "admin" });
});
afterAll(() => auth.close());

const hire = (payload: unknown) => post(auth, "/customers/admin", { payload, token });

describe("create-staff-member", () => {
  it.each(["admin", "manager", "cashier", "kitchen"])(
    "when an administrator makes a %s, then they can sign in",
    async (role) => {
      const sent = staffMember({ role });
      const answer = await hire(sent);
      expect(answer.statusCode).toBe(201);
      expect(answer.json()).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        role,
        name: "Rita Lima",
        email: sent.email,
        cpf: expect.stringMatching(/^\*{3}\.\d{3}\.\d{3}-\*\*$/),
        created_at: expect.stringMatching(/Z$/),
      });
      expect(answer.headers.location).toBe(`/customers/${answer.json().id}`);
      const signedIn = await postToken(auth, { username: sent.email, password: sent.password });
      expect(signedIn.json().scope).toBe(`staff:${role}`);
    },
  );

  it("when no role is given, then it is an administrator, who may make others", async () => {
    const { sent } = await hireStaff(auth, { role: undefined });
    const signedIn = await postToken(auth, { username: sent.email, password: sent.password });
    const answer = await post(auth, "/customer/admin/", {
      payload: staffMember({ role: "kitchen" }),
      token: signedIn.json().access_token,
    });
    expect(answer.statusCode).toBe(201);
  });

  it("when the e-mail or the CPF is taken, by guest or staff, then 409", async () => {
    const guest = await registerGuest(auth);
    const colleague = await hireStaff(auth);
    expect((await hire(staffMember({ email: guest.sent.email }))).json().code).toBe("email-taken");
    expect((await hire(staffMember({ cpf: guest.sent.cpf }))).json().code).toBe("cpf-taken");
    expect((await hire(staffMember({ email: colleague.sent.email }))).statusCode).toBe(409);
  });

  it.each([
    ["customer", { role: "customer" }],
    ["service", { role: "service" }],
    ["none that exists", { role: "owner" }],
    ["null", { role: null }],
  ])("when the role is %s, then 422", async (_what, difference) => {
    expect((await hire(staffMember(difference))).statusCode).toBe(422);
  });

  it.each(["name", "email", "cpf", "password"])("when %s is missing, then 422 names it", async (field) => {
    const answer = await hire(staffMember({ [field]: undefined }));
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors[0].path).toBe(`/${field}`);
  });

  it("when the caller is a guest, then 403 and nobody is made", async () => {
    const { token: guest } = await registerGuest(auth);
    const sent = staffMember();
    expect((await post(auth, "/customers/admin", { payload: sent, token: guest })).statusCode).toBe(403);
    const search = {
      method: "POST",
      url: "/customers/search",
      headers: bearer(token),
      payload: { email: sent.email },
    } as const;
    expect((await auth.app.inject(search)).statusCode).toBe(404);
  });
});
