import { afterAll, describe, expect, it } from "vitest";
import { freshCpf, registerGuest, registration } from "./builders.ts";
import { bearer, post, postToken } from "./harness.ts";
import { startShop } from "./shop.ts";

const { auth, clock, signedIn, patch } = await startShop();
afterAll(() => auth.close());

const PASSWORD = "um pastel de queijo";

const invite = (token: string, payload: object, headers: Record<string, string> = {}) =>
  auth.app.inject({
    method: "POST",
    url: "/customers/invitations",
    headers: { ...bearer(token), ...headers, "content-type": "application/json" },
    payload: JSON.stringify(payload),
  });

const accept = (code: string, differences: object = {}) =>
  post(auth, "/customers/invitations/accept", {
    payload: { code, name: "Rita Lima", password: PASSWORD, ...differences },
  });

describe("invitations", () => {
  it("when somebody accepts, then they come in with that e-mail, role and password; the code is good once", async () => {
    const admin = await signedIn("admin");
    const { email } = registration();
    const invited = await invite(admin.token, { email, role: "kitchen" });
    expect(invited.statusCode).toBe(201);
    expect(invited.headers["cache-control"]).toBe("no-store");
    const { code, role, expires_at: expiresAt } = invited.json();
    expect(role).toBe("kitchen");
    expect(Buffer.from(code, "base64url")).toHaveLength(32);
    expect(Date.parse(expiresAt) - clock.now().getTime()).toBeLessThanOrEqual(72 * 3_600_000);
    const accepted = await accept(code, { cpf: freshCpf() });
    expect(accepted.statusCode).toBe(201);
    expect(accepted.json()).toMatchObject({ email, role: "kitchen", name: "Rita Lima" });
    expect((await postToken(auth, { username: email, password: PASSWORD })).statusCode).toBe(200);
    const again = await accept(code);
    expect([again.statusCode, again.json().code]).toEqual([404, "code-unusable"]);
    const { rows } = await auth.database.pool.query("select invitations::text as row from invitations");
    for (const { row } of rows) {
      expect(row).not.toContain(code);
      expect(row).not.toContain(email);
    }
    expect(auth.logLines.join("")).not.toContain(code);
  });

  it("when twenty accept one code at once, then one account is made", async () => {
    const admin = await signedIn("admin");
    const { code } = (await invite(admin.token, { email: registration().email, role: "cashier" })).json();
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept(code)));
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1);
  });

  it("when it is taken back, over, or a newer one was sent, then the code is good for nothing", async () => {
    const admin = await signedIn("admin");
    const { email } = registration();
    const first = (await invite(admin.token, { email, role: "cashier" })).json();
    const second = (await invite(admin.token, { email, role: "cashier" })).json();
    expect((await accept(first.code)).statusCode).toBe(404);
    const url = `/customers/invitations/${second.id}`;
    const revoke = () => auth.app.inject({ method: "DELETE", url, headers: bearer(admin.token) });
    expect([(await revoke()).statusCode, (await revoke()).statusCode]).toEqual([204, 204]);
    expect((await accept(second.code)).statusCode).toBe(404);
    const third = (await invite(admin.token, { email, role: "cashier" })).json();
    clock.advanceSeconds(72 * 3600);
    expect((await accept(third.code)).statusCode).toBe(404);
  });

  it("when a manager invites, then only those below; and sees and takes back only such", async () => {
    const [admin, manager] = [await signedIn("admin"), await signedIn("manager")];
    for (const role of ["admin", "manager"]) {
      expect((await invite(manager.token, { email: registration().email, role })).statusCode).toBe(403);
    }
    const below = (await invite(manager.token, { email: registration().email, role: "cashier" })).json();
    const above = (await invite(admin.token, { email: registration().email, role: "manager" })).json();
    const list = await auth.app.inject({ url: "/customers/invitations?limit=100", headers: bearer(manager.token) });
    const ids = list.json().items.map(({ id }: { id: string }) => id);
    expect(ids).toContain(below.id);
    expect(ids).not.toContain(above.id);
    expect(list.body).not.toContain(below.code);
    const url = `/customers/invitations/${above.id}`;
    const revoked = await auth.app.inject({ method: "DELETE", url, headers: bearer(manager.token) });
    expect(revoked.statusCode).toBe(404);
  });

  // Else an administrator who is dismissed writes oneself an invitation first, and is back within three days.
  it("when who invited is kept out, given a lesser role or erased since, then the code is good for nothing", async () => {
    const admin = await signedIn("admin");
    const endings: ((who: { readonly id: string }) => Promise<{ readonly statusCode: number }>)[] = [
      ({ id }) => patch(id, { active: false }, admin.token),
      ({ id }) => patch(id, { role: "cashier" }, admin.token),
      ({ id }) => auth.app.inject({ method: "DELETE", url: `/customers/${id}`, headers: bearer(admin.token) }),
    ];
    for (const end of endings) {
      const dismissed = await signedIn("admin");
      const { code } = (await invite(dismissed.token, { email: registration().email, role: "admin" })).json();
      expect((await end(dismissed)).statusCode).toBeLessThan(300);
      expect((await accept(code)).statusCode).toBe(404);
      await patch(dismissed.id, { active: true, role: "admin" }, admin.token);
      expect((await accept(code)).statusCode).toBe(404);
    }
    const promoted = await signedIn("manager");
    const { code } = (await invite(promoted.token, { email: registration().email, role: "kitchen" })).json();
    await patch(promoted.id, { role: "admin" }, admin.token);
    expect((await accept(code)).statusCode).toBe(201);
  });

  it("when the request is repeated with its key, then the first answer comes again, with the code", async () => {
    const admin = await signedIn("admin");
    const payload = { email: registration().email, role: "cashier" };
    const headers = { "idempotency-key": "chave-1" };
    const [first, again] = [await invite(admin.token, payload, headers), await invite(admin.token, payload, headers)];
    expect(again.json()).toEqual(first.json());
    expect(again.headers["idempotency-replayed"]).toBe("true");
    const other = await invite(admin.token, { ...payload, role: "kitchen" }, headers);
    expect([other.statusCode, other.json().code]).toEqual([422, "idempotency-key-reused"]);
    const parallel = { "idempotency-key": "chave-2" };
    const wanted = { email: registration().email, role: "cashier" };
    const answers = await Promise.all(Array.from({ length: 8 }, () => invite(admin.token, wanted, parallel)));
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
  });

  it("when the address or CPF is taken, or the password easy, then nothing is made and the code stays good", async () => {
    const admin = await signedIn("admin");
    expect((await invite(admin.token, { email: admin.email, role: "cashier" })).json().code).toBe("email-taken");
    const guest = await registerGuest(auth);
    const { code } = (await invite(admin.token, { email: registration().email, role: "cashier" })).json();
    expect((await accept(code, { cpf: guest.sent.cpf })).json().code).toBe("cpf-taken");
    expect((await accept(code, { password: "senha123" })).statusCode).toBe(422);
    expect((await accept(code, { password: "a senha da rita lima" })).statusCode).toBe(422);
    expect((await accept(code)).statusCode).toBe(201);
  });
});
