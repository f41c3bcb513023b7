import { type Clock, ok, type Result, refuse } from "@comanda/primitives";
import { drainWrongCodes, mayTryCode, readPairingCode, type WrongCodes } from "../domain/device.ts";
import { takePairingCode } from "../storage/devices.ts";
import type { People } from "../storage/people.ts";
import type { BeginSession, TokenPair } from "./begin-session.ts";

/** Trades a pairing code, once, for the tokens of its device, which may say what it runs. */
export type PairDevice = (
  code: string,
  softwareVersion: string | null,
) => Promise<Result<TokenPair, "wrong-code" | "too-many-wrong-codes">>;

export function makePairDevice(deps: {
  readonly people: People;
  readonly clock: Clock;
  readonly beginSession: BeginSession;
}): PairDevice {
  const { people, clock, beginSession } = deps;
  // For all callers together: an attacker changes address at will, and pairing is rare. Each process has its own.
  let wrong: WrongCodes = { level: 0, at: clock.now() };

  return async function pairDevice(text, softwareVersion) {
    const now = clock.now();
    wrong = drainWrongCodes(wrong, now);
    if (!mayTryCode(wrong)) return refuse("too-many-wrong-codes");
    // Counted before it is looked up: many at once would all find the vessel empty.
    wrong = { ...wrong, level: wrong.level + 1 };
    const code = readPairingCode(text);
    const pair = code === null ? null : await takeAndBegin(code, { at: now, softwareVersion });
    if (pair === null) return refuse("wrong-code");
    wrong = { ...wrong, level: Math.max(0, wrong.level - 1) };
    return ok(pair);
  };

  /** In one transaction: a revocation at the same moment comes before all of it, or finds the session and ends it. */
  function takeAndBegin(
    code: string,
    seen: { readonly at: Date; readonly softwareVersion: string | null },
  ): Promise<TokenPair | null> {
    return people.db.transaction().execute(async (tx) => {
      const device = await takePairingCode(tx, people.personalData.index("pairing", code), seen);
      if (device === null) return null;
      return beginSession({ kind: "device", id: device.id, deviceKind: device.kind }, { within: tx });
    });
  }
}
