import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hireStaff, makeDevice } from "./builders.ts";
import { postToken } from "./harness.ts";
import { type PrivacyHarness, startPrivacyHarness } from "./privacy-harness.ts";

let harness: PrivacyHarness;
beforeAll(async () => {
  harness = await startPrivacyHarness();
});
afterAll(() => harness.close());

/** What was written of one sort of act, oldest first. */
async function written(action: string) {
  const read = "select content from audit_trail where action = $1 order by seq";
  const { rows } = await harness.auth.database.pool.query(read, [action]);
  return rows.map(({ content }) => JSON.parse(content));
}

/** A guest known by CPF who has been sent a code. */
async function withCode() {
  const guest = await harness.identified();
  const before = (await harness.letters()).length;
  await harness.call("POST", `/customers/${guest.id}/verification`, { token: guest.cpfToken });
  return { id: guest.id, cpfToken: guest.cpfToken, code: await harness.codeOf(before + 1) };
}
const confirm = (id: string, token: string, code: string) =>
  harness.call("POST", `/customers/${id}/verification/confirm`, { token, payload: { code } });

describe("what the trail says of sign-ins", () => {
  it("when staff sign in, then each stands there with their own role", async () => {
    const roles = ["kitchen", "cashier", "manager", "admin"];
    for (const role of roles) {
      const { sent } = await hireStaff(harness.auth, { role });
      await postToken(harness.auth, { username: sent.email, password: sent.password });
    }
    expect((await written("sign-in")).map(({ actor }) => actor.role)).toEqual(roles);
  });

  it("when a device is paired, then which, and of what kind", async () => {
    const { id, code } = await makeDevice(harness.auth, { kind: "kitchen" });
    await postToken(harness.auth, { grant_type: "urn:comanda:device", pairing_code: code });
    expect(await written("pair-device")).toMatchObject([{ outcome: "ok", actor: { id, role: "device:kitchen" } }]);
  });

  it("when a guest trades a code for tokens, or tries a wrong one, then both stand there", async () => {
    const { id, cpfToken, code } = await withCode();
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
    await confirm(id, cpfToken, wrong);
    expect((await confirm(id, cpfToken, code)).statusCode).toBe(200);
    const about = { actor: { id, role: "customer" }, target: { kind: "customers", id } };
    const entries = await written("confirm-code");
    expect(entries).toMatchObject([
      { outcome: "refused", ...about },
      { outcome: "ok", ...about },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(new RegExp(`${code}|${wrong}`));
  });

  it("when the trail cannot be written, then a code is traded for no tokens", async () => {
    const { id, cpfToken, code } = await withCode();
    await harness.auth.database.pool.query("alter table audit_trail rename to audit_trail_gone");
    const answer = await confirm(id, cpfToken, code);
    await harness.auth.database.pool.query("alter table audit_trail_gone rename to audit_trail");
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain("access_token");
  });
});
