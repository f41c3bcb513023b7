import { type Clock, ok, type Result, refuse } from "@comanda/primitives";
import {
  drainWrongCodes,
  mayTryCode,
  readPairingCode,
  WRONG_CODES_OF_ADDRESS,
  type WrongCodes,
} from "../domain/device.ts";
import { takePairingCode } from "../storage/devices.ts";
import type { People } from "../storage/people.ts";
import type { BeginSession, TokenPair } from "./begin-session.ts";

/** Trades a pairing code, once, for the tokens of its device, which may say what it runs. */
export type PairDevice = (
  code: string,
  given: { readonly softwareVersion: string | null; readonly address: string },
) => Promise<Result<TokenPair, "wrong-code" | "too-many-wrong-codes">>;

const ADDRESSES_MAX = 10_000;

export function makePairDevice(deps: {
  readonly people: People;
  readonly clock: Clock;
  readonly beginSession: BeginSession;
}): PairDevice {
  const { people, clock, beginSession } = deps;
  // For all callers together, and for each address. Pairing is rare; each process has its own.
  let all: WrongCodes = { level: 0, at: clock.now() };
  const byAddress = new Map<string, WrongCodes>();

  return async function pairDevice(text, { softwareVersion, address }) {
    const now = clock.now();
    const own = drainWrongCodes(byAddress.get(address) ?? { level: 0, at: now }, now, WRONG_CODES_OF_ADDRESS);
    all = drainWrongCodes(all, now);
    if (!mayTryCode(own, WRONG_CODES_OF_ADDRESS) || !mayTryCode(all)) return refuse("too-many-wrong-codes");
    // Counted before it is looked up: many at once would all find the vessels empty.
    all = { ...all, level: all.level + 1 };
    keep(address, { ...own, level: own.level + 1 });
    const code = readPairingCode(text);
    const pair = code === null ? null : await takeAndBegin(code, { at: now, softwareVersion });
    if (pair === null) return refuse("wrong-code");
    all = { ...all, level: Math.max(0, all.level - 1) };
    const since = byAddress.get(address) ?? own;
    keep(address, { ...since, level: Math.max(0, since.level - 1) });
    return ok(pair);
  };

  /** The longest untouched goes first: by then the common vessel has counted what it did. */
  function keep(address: string, wrong: WrongCodes): void {
    byAddress.delete(address);
    byAddress.set(address, wrong);
    const oldest = byAddress.keys().next();
    if (byAddress.size > ADDRESSES_MAX && oldest.done !== true) byAddress.delete(oldest.value);
  }

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
