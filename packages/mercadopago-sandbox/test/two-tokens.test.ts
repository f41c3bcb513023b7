import { describe, expect, it } from "vitest";
import { defaultAccessToken } from "../src/index.ts";
import { qrOrder, start } from "./harness.ts";

const SECOND = "APP_USR-1000000000000001-020226-ffffffffffffffffffffffffffffffff-2000000001";

describe("two tokens of one seller", () => {
  async function startWithTwo() {
    const sandbox = await start({ previousAccessToken: SECOND });
    const as = (token: string, key = "k") => ({ authorization: `Bearer ${token}`, "x-idempotency-key": key });
    const me = async (token: string) => (await sandbox.send("GET", "/users/me", { headers: as(token) })).status;
    return { ...sandbox, as, both: async () => [await me(defaultAccessToken), await me(SECOND)] };
  }

  it("when both are good, then what one made the other reads, pays and closes", async () => {
    const { send, as, both } = await startWithTwo();
    expect(await both()).toEqual([200, 200]);
    const made = await send("POST", "/v1/orders", { body: qrOrder(), headers: as(SECOND) });
    const read = await send("GET", `/v1/orders/${made.body.id}`, { headers: as(defaultAccessToken) });
    expect(read.body.external_reference).toBe(made.body.external_reference);
    const closed = await send("POST", `/v1/orders/${made.body.id}/cancel`, { headers: as(defaultAccessToken) });
    expect(closed.body.status).toBe("canceled");
  });

  it.each([
    ["present", [401, 200]],
    ["previous", [200, 401]],
    ["both", [401, 401]],
    ["none", [200, 200]],
  ])("when the tokens refused are %s, then these are the answers: %j", async (which, answers) => {
    const { faults, both } = await startWithTwo();
    await faults({ refused_tokens: which });
    expect(await both()).toEqual(answers);
  });

  // The harsher of what may be: who is safe against this is safe against keys that the tokens share.
  it("when a key comes again with the other token, then it names another write", async () => {
    const { send, as } = await startWithTwo();
    const body = qrOrder();
    const one = await send("POST", "/v1/orders", { body, headers: as(SECOND) });
    const again = await send("POST", "/v1/orders", { body, headers: as(SECOND) });
    const other = await send("POST", "/v1/orders", { body, headers: as(defaultAccessToken) });
    expect(again.body.id).toBe(one.body.id);
    expect(other.body.id).not.toBe(one.body.id);
  });

  it("when a seller has one token, then there is no second", async () => {
    const { send } = await start();
    expect((await send("GET", "/users/me", { headers: { authorization: `Bearer ${SECOND}` } })).status).toBe(401);
  });
});
