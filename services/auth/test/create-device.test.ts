import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Auth, bearer, post, postToken, signToken, startAuth } from "./harness.ts";

let auth: Auth;
let admin: string;
beforeAll(async () => {
  auth = await startAuth();
  admin = await signToken(auth, { role: "admin" });
});
afterAll(() => auth.close());

const create = (payload: unknown, key?: string) =>
  auth.app.inject({
    method: "POST",
    url: "/devices",
    headers: {
      ...bearer(admin),
      "content-type": "application/json",
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    payload: JSON.stringify(payload),
  });

describe("create-device", () => {
  it("when an administrator makes a device, then its id and a code come, and the code stands nowhere", async () => {
    const answer = await create({ name: "Totem da entrada", kind: "kiosk" });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.json()).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      pairing_code: expect.stringMatching(/^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/),
    });
    const code = String(answer.json().pairing_code);
    const { rows } = await auth.database.pool.query("select devices::text as row from devices");
    const places = rows.map(({ row }) => String(row)).join("\n") + auth.logLines.join("");
    for (const form of [code, code.replace("-", ""), Buffer.from(code).toString("hex")]) {
      expect(places).not.toContain(form);
    }
  });

  it("when the same request comes again with its key, then the same answer, and one device", async () => {
    const first = await create({ name: "Cozinha", kind: "kitchen" }, "key-1");
    const again = await create({ name: "Cozinha", kind: "kitchen" }, "key-1");
    expect([first.statusCode, again.statusCode]).toEqual([201, 201]);
    expect(again.json()).toEqual(first.json());
    expect([first.headers["idempotency-replayed"], again.headers["idempotency-replayed"]]).toEqual([undefined, "true"]);
    const paired = await postToken(auth, {
      grant_type: "urn:comanda:device",
      pairing_code: first.json().pairing_code,
    });
    expect(paired.statusCode).toBe(200);
    expect((await create({ name: "Cozinha", kind: "kitchen" }, "key-1")).json()).toEqual(first.json());
  });

  it("when ten come at once with one key, then one device", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => create({ name: "Painel", kind: "panel" }, "key-2")),
    );
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    const { rows } = await auth.database.pool.query("select count(*) as many from devices where name = 'Painel'");
    expect(rows).toEqual([{ many: 1 }]);
  });

  it("when the key comes with another body, then 422; another administrator's same key is another key", async () => {
    await create({ name: "Balcão", kind: "counter" }, "key-3");
    const other = await create({ name: "Balcão 2", kind: "counter" }, "key-3");
    expect([other.statusCode, other.json().code]).toEqual([422, "idempotency-key-reused"]);
    const colleague = await signToken(auth, { role: "admin" });
    const headers = { ...bearer(colleague), "content-type": "application/json", "idempotency-key": "key-3" };
    const payload = JSON.stringify({ name: "Balcão 2", kind: "counter" });
    expect((await auth.app.inject({ method: "POST", url: "/devices", headers, payload })).statusCode).toBe(201);
  });

  it.each([
    ["no kind", { name: "Totem" }],
    ["no name", { kind: "kiosk" }],
    ["a kind that is none", { name: "Totem", kind: "admin" }],
    ["an empty name", { name: " ", kind: "kiosk" }],
    ["a long name", { name: "x".repeat(61), kind: "kiosk" }],
    ["a field too many", { name: "Totem", kind: "kiosk", pairing_code: "ABCD-EFGH" }],
  ])("when the body has %s, then 422", async (_what, payload) => {
    expect((await create(payload)).statusCode).toBe(422);
  });

  it("when somebody else tries, then 403", async () => {
    for (const role of ["manager", "cashier", "kitchen"] as const) {
      const token = await signToken(auth, { role });
      expect((await post(auth, "/devices", { payload: { name: "X", kind: "kiosk" }, token })).statusCode).toBe(403);
    }
  });
});
