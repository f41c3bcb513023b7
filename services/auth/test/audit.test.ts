import { auditGaps } from "@comanda/testing/audited-routes";
import { noteRoutes } from "@comanda/testing/noted-routes";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hireStaff, makeDevice, registerGuest } from "./builders.ts";
import { type Auth, bearer, post, postToken, signToken, startAuth } from "./harness.ts";

type Entry = {
  readonly action: string;
  readonly outcome: string;
  readonly actor: { readonly id: string; readonly role: string } | null;
  readonly target: { readonly kind: string; readonly id: string } | null;
  readonly details: Record<string, unknown>;
};

let auth: Auth;
let admin: { readonly id: string; readonly token: string };
let seen = 0;
let audited: ReadonlySet<string>;
beforeAll(async () => {
  ({ started: auth, audited } = await noteRoutes(() => startAuth()));
  const { id } = await hireStaff(auth, { role: "admin" });
  admin = { id, token: await signToken(auth, { role: "admin", subject: id }) };
});
afterAll(() => auth.close());
beforeEach(async () => {
  seen = await count();
});

async function count(): Promise<number> {
  const { rows } = await auth.database.pool.query("select coalesce(max(seq), 0)::int as seq from audit_trail");
  return rows[0].seq;
}

/** What has been written since the test began, oldest first. */
async function written(): Promise<Entry[]> {
  const { rows } = await auth.database.pool.query("select content from audit_trail where seq > $1 order by seq", [
    seen,
  ]);
  return rows.map(({ content }) => JSON.parse(content));
}

const get = (url: string, token = admin.token) => auth.app.inject({ url, headers: bearer(token) });

describe("what auth writes into the audit trail", () => {
  it("when a route changes something, then it is audited, or says why not", () => {
    expect(auditGaps("auth", audited)).toEqual([]);
  });

  it("when a device is made and revoked, then who, what and which, in the transaction of the act", async () => {
    const made = await post(auth, "/devices", { payload: { name: "Totem", kind: "kiosk" }, token: admin.token });
    const { id } = made.json();
    await auth.app.inject({ method: "DELETE", url: `/devices/${id}`, headers: bearer(admin.token) });
    expect(await written()).toMatchObject([
      {
        action: "create-device",
        outcome: "ok",
        actor: { id: admin.id, role: "admin" },
        target: { kind: "devices", id },
      },
      {
        action: "revoke-device",
        outcome: "ok",
        actor: { id: admin.id, role: "admin" },
        target: { kind: "devices", id },
      },
    ]);
  });

  it("when somebody is given a role, then the role stands there; a repeated request is written once", async () => {
    const payload = {
      name: "Rita",
      email: "rita.audit@exemplo.com.br",
      cpf: "52998224725",
      password: "dois sucos e um misto",
      role: "cashier",
    };
    const send = () =>
      auth.app.inject({
        method: "POST",
        url: "/customers/admin",
        headers: {
          ...bearer(admin.token),
          "idempotency-key": "a-key-of-sixteen-or-more",
          "content-type": "application/json",
        },
        payload: JSON.stringify(payload),
      });
    const [first, again] = [await send(), await send()];
    expect([first.statusCode, again.statusCode]).toEqual([201, 201]);
    const entries = await written();
    expect(entries).toMatchObject([
      {
        action: "create-staff-member",
        target: { kind: "customers", id: first.json().id },
        details: { role: "cashier" },
      },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/52998224725|rita/i);
  });

  it("when a sign-in succeeds and when it fails, then both stand there, the failed one without the address", async () => {
    const { sent, id } = await hireStaff(auth, { role: "manager" });
    seen = await count();
    await postToken(auth, { username: sent.email, password: sent.password });
    await postToken(auth, { username: sent.email, password: "wrong" });
    const entries = await written();
    expect(entries).toMatchObject([
      { action: "sign-in", outcome: "ok", actor: { id, role: "manager" } },
      { action: "sign-in", outcome: "refused", actor: null, details: { error: "invalid_grant" } },
    ]);
    expect(entries[0]?.target).toEqual(entries[1]?.target);
    expect(entries[0]?.target?.id).toMatch(/^[0-9a-f]{12}$/);
    expect(JSON.stringify(entries)).not.toContain(sent.email);
  });

  it("when a pairing code or a service's secret is wrong, or a refresh token comes again, then it stands there", async () => {
    const { code } = await makeDevice(auth);
    seen = await count();
    const paired = await postToken(auth, { grant_type: "urn:comanda:device", pairing_code: code });
    await postToken(auth, { grant_type: "urn:comanda:device", pairing_code: code });
    await postToken(auth, { grant_type: "client_credentials", client_id: "order", client_secret: "wrong" });
    await postToken(auth, { grant_type: "refresh_token", refresh_token: `${paired.json().refresh_token}x` });
    expect(await written()).toMatchObject([
      { action: "pair-device", outcome: "ok" },
      { action: "pair-device", outcome: "refused" },
      { action: "authenticate-service", outcome: "refused", actor: { id: "order", role: "client" } },
      { action: "renew", outcome: "refused" },
    ]);
  });

  // The trail is kept for five years, and one writes into it at a time.
  it("when refresh tokens that are none come by the hundred, then one stands there; a stolen one always does", async () => {
    const { code } = await makeDevice(auth);
    const paired = await postToken(auth, { grant_type: "urn:comanda:device", pairing_code: code });
    const from = { "x-forwarded-for": "203.0.113.77" };
    const renew = (refresh: string) => postToken(auth, { grant_type: "refresh_token", refresh_token: refresh }, from);
    seen = await count();
    await Promise.all(Array.from({ length: 100 }, () => renew("none")));
    expect(await written()).toMatchObject([{ action: "renew", outcome: "refused", address: "203.0.113.77" }]);
    const { refresh_token: first } = paired.json();
    const second = (await renew(first)).json().refresh_token;
    await renew(second);
    seen = await count();
    expect((await renew(first)).statusCode).toBe(400);
    expect(await written()).toMatchObject([{ action: "renew", outcome: "refused", details: { note: "reused" } }]);
  });

  it("when personal data is read by the staff, then it stands there; one's own is nobody's business", async () => {
    const guest = await registerGuest(auth);
    await get(`/customers/${guest.id}`);
    await get("/customers?limit=1");
    await post(auth, "/customers/search", { payload: { cpf: guest.sent.cpf }, token: admin.token });
    await get(`/customers/${guest.id}`, guest.token);
    await get(`/customers/${admin.id}`);
    expect(await written()).toMatchObject([
      { action: "read-customer", target: { kind: "customers", id: guest.id } },
      { action: "list-customers" },
      { action: "search-customers", target: { kind: "customers", id: guest.id } },
    ]);
  });

  it("when a guest comes, registers and orders, then nothing is written: the way of guests has no chain", async () => {
    await registerGuest(auth);
    await post(auth, "/customers/anonymous");
    await postToken(auth, { grant_type: "client_credentials", client_id: "order", client_secret: "" });
    const visitor = (await post(auth, "/customers/anonymous")).json().access_token;
    expect((await get("/customers", visitor)).statusCode).toBe(403);
    const actions = (await written()).map(({ action }) => action);
    expect(actions.filter((action) => action !== "authenticate-service")).toEqual([]);
  });

  it("when somebody of the staff tries what they may not, then the refusal stands there", async () => {
    const token = await signToken(auth, { role: "cashier" });
    expect((await get("/customers", token)).statusCode).toBe(403);
    expect(await written()).toMatchObject([
      { action: "list-customers", outcome: "refused", actor: { role: "cashier" } },
    ]);
  });

  it("when the trail cannot be written, then nobody reads personal data", async () => {
    const broken = await startAuth();
    const token = await signToken(broken, { role: "admin" });
    await broken.database.pool.query("alter table audit_trail rename to audit_trail_gone");
    const answer = await broken.app.inject({ url: "/customers", headers: bearer(token) });
    const made = await post(broken, "/devices", { payload: { name: "Totem", kind: "kiosk" }, token });
    expect([answer.statusCode, made.statusCode]).toEqual([500, 500]);
    expect((await broken.database.pool.query("select 1 from devices")).rowCount).toBe(0);
    await broken.close();
  });
});

describe("GET /audit/auth", () => {
  it("when an administrator reads it, then pages with filters; and that they read it stands there too", async () => {
    await makeDevice(auth);
    await makeDevice(auth);
    const first = (await get("/audit/auth?limit=1&action=create-device")).json();
    expect(first.items[0].entry).toMatchObject({ action: "create-device", outcome: "ok" });
    const next = (await get(`/audit/auth?limit=1&action=create-device&cursor=${first.next_cursor}`)).json();
    expect(next.items[0].seq).toBeLessThan(first.items[0].seq);
    const mine = (await get(`/audit/auth?actor_id=${admin.id}&action=read-audit`)).json();
    expect(mine.items.length).toBeGreaterThanOrEqual(2);
  });

  it.each(["cursor=0", "cursor=x", "limit=101", "outcome=perhaps", "from=yesterday", "actor_id=%27", "sort=hash"])(
    "when it is asked with ?%s, then 422",
    async (query) => {
      expect((await get(`/audit/auth?${query}`)).statusCode).toBe(422);
    },
  );

  it("when a row is altered behind our back, then the verification names it, and the page shows it as it stands", async () => {
    const own = await startAuth();
    const token = await signToken(own, { role: "admin" });
    for (let turn = 0; turn < 3; turn += 1) await makeDevice(own);
    const verify = async () =>
      (await own.app.inject({ url: "/audit/auth/verification", headers: bearer(token) })).json();
    expect(await verify()).toMatchObject({ is_intact: true, rows: 3, first_bad: null });
    const client = await own.database.pool.connect();
    await client.query("set session_replication_role = replica");
    await client.query(`update audit_trail set content = '{"at":"","action":"x","outcome":"ok"}' where seq = 2`);
    client.release(true);
    expect(await verify()).toMatchObject({ is_intact: false, rows: 1, first_bad: { seq: 2, fault: "altered" } });
    const page = (await own.app.inject({ url: "/audit/auth", headers: bearer(token) })).json();
    expect(page.items.find(({ seq }: { seq: number }) => seq === 2).entry).toBeNull();
    await own.close();
  });
});
