import { newId } from "@comanda/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aCharge, momentAt, NOON } from "../../test/builders.ts";
import type { Charge } from "./charge.ts";
import { isOutcomeUnknown } from "./check-plan.ts";
import { cancel } from "./close-charge.ts";
import { noteAskedAgain, noteProviderAnswer } from "./create-charge.ts";
import { type ProviderResult, TERMINAL_BUSY } from "./provider-charge.ts";

/** A charge at a terminal that was written and that the provider is being asked for, for the first time. */
function anAskedCharge(): Charge {
  const place = { deviceId: newId(), externalPosId: null, terminalId: "NEWLAND_N950__1" };
  return { ...aCharge({ method: "terminal", place }), status: "created", providerId: null };
}

const ANSWERS = {
  "never arrived": { outcome: "unavailable", reason: "503" },
  "left no answer": { outcome: "unknown", reason: "the call got no answer" },
  "found the terminal busy": { outcome: "refused", status: 409, code: TERMINAL_BUSY },
} as const satisfies Record<string, ProviderResult<never>>;

type Call = keyof typeof ANSWERS | "died with its process";

/** Asks as often as there are calls; the first was written with the charge. */
function afterCalls(calls: readonly Call[]): Charge {
  return calls.reduce((charge, call, index) => {
    const moment = momentAt(index * 10);
    const asked = index === 0 ? charge : noteAskedAgain(charge, moment);
    return call === "died with its process" ? asked : noteProviderAnswer(asked, ANSWERS[call], moment);
  }, anAskedCharge());
}

describe("asking for a charge, again and again", () => {
  // Seed 38138 of the simulator: given up, paid at the terminal, and nobody ever looked.
  it("when any of the calls may have taken effect, then what it made is looked for once the charge is given up", () => {
    const calls = fc.array(fc.constantFrom<Call>(...(Object.keys(ANSWERS) as Call[]), "died with its process"), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(calls, (made) => {
        const given = cancel(afterCalls(made), "the order ended", momentAt(100));
        const mayBeMade = made.some((call) => call === "left no answer" || call === "died with its process");
        expect(given.ok && isOutcomeUnknown(given.value)).toBe(mayBeMade);
        expect(given.ok && given.value.nextCheckAt !== null).toBe(mayBeMade);
      }),
    );
  });

  it("when a call begins, then its outcome is looked after even if nobody comes back from it", () => {
    const again = noteAskedAgain(afterCalls(["never arrived"]), momentAt(20));
    expect(again.nextCheckAt).toEqual(new Date(NOON.getTime() + 28_000));
  });

  it("when the charge was made or given up meanwhile, then it is not asked for again", () => {
    const made = aCharge();
    expect(noteAskedAgain(made, momentAt(1))).toBe(made);
    const given = cancel(anAskedCharge(), "the order ended", momentAt(1));
    expect(given.ok && noteAskedAgain(given.value, momentAt(2))).toBe(given.ok && given.value);
  });
});
