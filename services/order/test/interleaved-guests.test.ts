import { newId } from "@comanda/primitives";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness();
});
afterAll(() => harness.close());

/** Which of three people (or a visitor without a name) acts, and as what; each act is a token of its own and an order. */
const act = fc.record({
  person: fc.nat(2),
  level: fc.constantFrom("anonymous", "identified", "registered"),
  again: fc.boolean(),
});
type Level = "anonymous" | "identified" | "registered";
type Token = { readonly subject: string; readonly level: Level; readonly headers: { authorization: string } };

const listOf = async ({ headers }: Token): Promise<readonly string[]> => {
  const answer = await harness.call("GET", "/orders/?limit=100", { headers });
  return answer.json().items.map(({ id }: { id: string }) => id);
};
const statusOf = async (id: string, { headers }: Token) =>
  (await harness.call("GET", `/orders/${id}`, { headers })).statusCode;

// Reliability AU-20 through the door, with signed tokens and the statements that read; the ten thousand interleavings of
// the rule itself are beside order-caller.ts.
describe("guests who order at once, without a name, by CPF and registered", () => {
  it("when each looks at the list and at every order, then each token shows what it is for", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 2, maxLength: 8 }), async (acts) => {
        const people = [newId(), newId(), newId()];
        const tokens: Token[] = [];
        const placed: { readonly id: string; readonly by: Token }[] = [];
        for (const { person, level, again } of acts) {
          const subject = level === "anonymous" ? newId() : (people[person] ?? "");
          const by = { subject, level, headers: await harness.as({ role: "customer", level, subject }) };
          tokens.push(by);
          const orders = await Promise.all(
            Array.from({ length: again ? 2 : 1 }, () =>
              harness.placed({}, { ...by.headers, "idempotency-key": newId() }),
            ),
          );
          placed.push(...orders.map(({ id }) => ({ id, by })));
        }
        for (const reader of tokens) {
          const own = placed.filter(
            ({ by }) =>
              by === reader ||
              (reader.level === "registered" && by.level === "registered" && by.subject === reader.subject),
          );
          const ids = own.map(({ id }) => id).sort();
          expect([...(await listOf(reader))].sort()).toEqual(ids);
          for (const { id } of placed) expect(await statusOf(id, reader)).toBe(ids.includes(id) ? 200 : 404);
        }
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});
