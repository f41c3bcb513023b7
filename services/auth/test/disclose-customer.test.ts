import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerGuest } from "./builders.ts";
import { signToken } from "./harness.ts";
import { type PrivacyHarness, startPrivacyHarness } from "./privacy-harness.ts";

let harness: PrivacyHarness;
beforeAll(async () => {
  harness = await startPrivacyHarness();
});
afterAll(() => harness.close());

const disclose = (id: string, token: string, payload: unknown) =>
  harness.call("POST", `/customers/${id}/disclosure`, { token, payload });

/** What stands in the audit trail of `action`, newest last. */
async function audited(action: string): Promise<readonly Record<string, unknown>[]> {
  const sql = "select content from audit_trail where action = $1 order by seq";
  const { rows } = await harness.auth.database.pool.query(sql, [action]);
  return rows.map(({ content }) => JSON.parse(content));
}

describe("disclose-customer", () => {
  it("when an administrator says why, then they see the CPF in full, and who, whom and why is written down", async () => {
    const { id, sent } = await registerGuest(harness.auth);
    const admin = newId();
    const token = await signToken(harness.auth, { role: "admin", subject: admin });
    const answer = await disclose(id, token, { reason: "fiscal_document", reference: "NF-2026/17" });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.json()).toEqual({ id, cpf: sent.cpf });
    const [entry] = await audited("disclose-customer");
    const text = JSON.stringify(entry);
    for (const fact of [id, admin, "fiscal_document", "NF-2026/17"]) expect(text).toContain(fact);
    for (const secret of [sent.cpf, sent.email, "Ana"]) expect(text).not.toContain(secret);
  });

  it("when nobody is there, then 404, and that was asked is written down too", async () => {
    const id = newId();
    const token = await signToken(harness.auth, { role: "admin" });
    expect((await disclose(id, token, { reason: "legal_order" })).statusCode).toBe(404);
    expect(JSON.stringify((await audited("disclose-customer")).at(-1))).toContain(id);
  });

  it.each([
    ["no reason", {}],
    ["a reason of one's own", { reason: "curiosity" }],
    ["a CPF as reference", { reason: "legal_order", reference: "52998224725" }],
    ["a dotted CPF as reference", { reason: "legal_order", reference: "529.982.247-25" }],
    ["a name as reference", { reason: "legal_order", reference: "Ana Souza" }],
    ["more than that", { reason: "legal_order", cpf: true }],
  ])("when the body holds %s, then 422", async (_what, payload) => {
    const { id } = await registerGuest(harness.auth);
    expect((await disclose(id, await signToken(harness.auth, { role: "admin" }), payload)).statusCode).toBe(422);
  });
});

describe("what administrators do with people's data", () => {
  it("when they correct, export or erase somebody, then it stands in the trail; what guests do with their own does not", async () => {
    const { id, sent, token: own } = await registerGuest(harness.auth);
    const token = await signToken(harness.auth, { role: "admin" });
    const path = `/customers/${id}`;
    const counts = async () => {
      const all = await Promise.all(["correct-customer", "export-customer", "erase-customer"].map(audited));
      return all.map((entries) => entries.filter((entry) => JSON.stringify(entry).includes(id)).length);
    };
    await harness.call("PATCH", path, { token: own, payload: { name: "Ana Lima" } });
    await harness.call("GET", `${path}/export`, { token: own });
    expect(await counts()).toEqual([0, 0, 0]);
    await harness.call("PATCH", path, { token, payload: { name: "Ana Dias" } });
    await harness.call("GET", `${path}/export`, { token });
    await harness.call("DELETE", path, { token });
    // A correction is written down before it is made, and after.
    expect(await counts()).toEqual([2, 1, 1]);
    const { rows } = await harness.auth.database.pool.query("select content from audit_trail");
    const trail = rows.map(({ content }) => String(content)).join("\n");
    for (const secret of [sent.cpf, sent.email, "Ana Dias", "Ana Lima"]) expect(trail).not.toContain(secret);
  });
});
