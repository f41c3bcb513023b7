import type { Caller } from "@comanda/service-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canSee } from "../domain/visibility.ts";
import { ownerOf, viewerOf } from "./order-caller.ts";

/** What guests do, in any order and at once; the numbers say which person, and which token of those there are. */
const step = fc.oneof(
  fc.record({ does: fc.constant("visits" as const) }),
  fc.record({ does: fc.constant("registers" as const) }),
  fc.record({ does: fc.constant("signs in" as const), person: fc.nat(20) }),
  fc.record({ does: fc.constant("types a CPF" as const), person: fc.nat(20) }),
  fc.record({ does: fc.constant("orders" as const), token: fc.nat(40) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

type Placed = { readonly owner: ReturnType<typeof ownerOf>; readonly by: Caller };

/** Plays what guests do with the tokens that auth gives for it (ADR 0016): each of them is a session of its own. */
function play(steps: readonly Step[]) {
  const tokens: Caller[] = [];
  const placed: Placed[] = [];
  const people: string[] = [];
  const give = (id: string, level: "anonymous" | "identified" | "registered") => {
    tokens.push({
      id,
      role: "customer",
      level,
      kind: null,
      deviceId: null,
      clientId: "web",
      acr: null,
      scope: "",
      tokenId: `token-${tokens.length}`,
      keyId: "0",
      issuedAt: new Date(0),
      expiresAt: new Date(1),
    });
  };
  for (const each of steps) {
    const person = "person" in each ? people[each.person % Math.max(1, people.length)] : undefined;
    if (each.does === "visits") give(`visit-${tokens.length}`, "anonymous");
    if (each.does === "registers") {
      people.push(`person-${people.length}`);
      give(people.at(-1) ?? "", "registered");
    }
    if (each.does === "signs in" && person !== undefined) give(person, "registered");
    if (each.does === "types a CPF" && person !== undefined) give(person, "identified");
    const by = "token" in each ? tokens[each.token % Math.max(1, tokens.length)] : undefined;
    if (by !== undefined) placed.push({ owner: ownerOf(by), by });
  }
  return { tokens, placed };
}

/**
 * In words: what was ordered with this very token; and an account sees what was ordered while signed in to it, never what
 * somebody ordered by typing the CPF that it says it has (docs/adr/0029).
 */
function mayRead(reader: Caller, { by }: Placed): boolean {
  if (reader.tokenId === by.tokenId) return true;
  return reader.level === "registered" && by.level !== "identified" && reader.id === by.id;
}

// Reliability AU-20.
describe("orders of guests who come without a name, by CPF and registered", () => {
  it("when ten thousand of their days are played, then no order is ever seen with a token it is not for", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { tokens, placed } = play(steps);
        for (const order of placed) {
          for (const reader of tokens)
            expect(canSee({ ...order.owner, status: "requested", paidAt: null }, viewerOf(reader))).toBe(
              mayRead(reader, order),
            );
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it("when others come, identify or register later, then whose an order is does not change", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.array(step, { maxLength: 30 }), (first, later) => {
        const before = play(first).placed;
        const after = play([...first, ...later]).placed;
        expect(after.slice(0, before.length)).toEqual(before);
      }),
    );
  });
});
