import { CALLERS } from "@comanda/testing/callers";
import { describeFields } from "@comanda/testing/fields";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PersonSchema } from "../src/http/schemas.ts";
import { registerGuest } from "./builders.ts";
import { type Auth, bearer, post, signToken, startAuth } from "./harness.ts";

let auth: Auth;
let guest: { readonly id: string; readonly sent: { readonly name: string } };
beforeAll(async () => {
  auth = await startAuth();
  guest = await registerGuest(auth, { name: "Ana Souza" });
});
afterAll(() => auth.close());

async function look(url: string, token: string): Promise<Record<string, unknown> | null> {
  const answer = await auth.app.inject({ url, headers: bearer(token) });
  return answer.statusCode === 200 ? answer.json() : null;
}

/** A guest looks at themselves, everybody else at that guest. */
describeFields({ name: "person", schema: PersonSchema }, async (caller) => {
  const who = { ...CALLERS[caller], role: CALLERS[caller]?.role ?? "customer" } as const;
  if (caller === "anonymous") {
    const visit = (await post(auth, "/customers/anonymous")).json();
    return [await look(`/customers/${visit.customer.id}`, visit.access_token)];
  }
  const isGuest = who.role === "customer";
  const token = await signToken(auth, { ...who, ...(isGuest ? { subject: guest.id } : {}) });
  return [await look(`/customers/${guest.id}`, token)];
});

it("when a CPF is seen at all, then its middle; and who typed a CPF sees a first name", async () => {
  const read = async (role: "customer" | "admin", level?: "identified" | "registered") =>
    look(`/customers/${guest.id}`, await signToken(auth, { role, subject: guest.id, ...(level && { level }) }));
  expect((await read("customer", "registered"))?.["cpf"]).toMatch(/^\*\*\*\.\d{3}\.\d{3}-\*\*$/);
  expect((await read("admin"))?.["cpf"]).toMatch(/^\*\*\*\.\d{3}\.\d{3}-\*\*$/);
  expect((await read("customer", "identified"))?.["name"]).toBe("Ana");
});
