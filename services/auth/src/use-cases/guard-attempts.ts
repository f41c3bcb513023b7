import type { Clock } from "@comanda/primitives";
import { type AttemptPolicy, afterFailure, secondsToWait } from "../domain/attempts.ts";
import { findAttempts, forgetAttempts, lockAttempts, writeAttempts } from "../storage/failed-attempts.ts";
import type { Db } from "../storage/sessions.ts";
import { BusyError } from "./bulkhead.ts";

/** What one look at somebody's secret came to; a `void` attempt is neither held against them nor in their favour. */
export type Verdict<Value> =
  | { readonly outcome: "right"; readonly value: Value }
  | { readonly outcome: "wrong"; readonly of?: "code" }
  | { readonly outcome: "void"; readonly value: Value };

/** The same, or how many seconds there is nothing to be had. */
export type Guarded<Value> = Verdict<Value> | { readonly outcome: "too-early"; readonly waitSeconds: number };

/**
 * Lets a secret be tried, unless too many tries of it failed: the tries under one key are looked at two at a time, each
 * knowing what became of those before it, so that a thousand at once are no way round the count. A right one clears it.
 */
export type GuardAttempts = <Value>(
  key: Buffer,
  policy: AttemptPolicy,
  look: () => Promise<Verdict<Value>>,
) => Promise<Guarded<Value>>;

const AT_ONCE = 2;
// Fewer than can be served at once of all: one account does not take every place.
const WAITING_MAX = 20;
const FULL_LINE_S = 2;

/** Makes the guard. The counts are in the database, so that all processes share them; the line is of this process. */
export function makeGuardAttempts(deps: { readonly db: Db; readonly clock: Clock }): GuardAttempts {
  const { db, clock } = deps;
  const inLine = makeLines();

  return function guardAttempts(key, policy, look) {
    return inLine(key.toString("base64"), async () => {
      const waitSeconds = secondsToWait(await findAttempts(db, key), policy, clock.now());
      if (waitSeconds > 0) return { outcome: "too-early", waitSeconds };
      const verdict = await look();
      if (verdict.outcome === "wrong") await countFailure(key, policy);
      if (verdict.outcome === "right") await forgetAttempts(db, key);
      return verdict;
    });
  };

  async function countFailure(key: Buffer, policy: AttemptPolicy): Promise<void> {
    await db.transaction().execute(async (tx) => {
      const now = clock.now();
      await writeAttempts(tx, key, afterFailure(await lockAttempts(tx, key, now), policy, now));
    });
  }
}

type Line = { running: number; readonly waiting: (() => void)[] };

/** A short line for each key; who finds it full is told to come again. */
function makeLines() {
  const lines = new Map<string, Line>();

  return async function inLine<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    const line = lines.get(key) ?? { running: 0, waiting: [] };
    lines.set(key, line);
    if (line.running >= AT_ONCE) {
      if (line.waiting.length >= WAITING_MAX)
        throw new BusyError("too many sign-ins of one account at once", FULL_LINE_S);
      await new Promise<void>((resolve) => line.waiting.push(resolve));
    } else line.running += 1;
    try {
      return await work();
    } finally {
      // The place goes to the next in line as it is, so that nobody slips in between.
      const next = line.waiting.shift();
      if (next === undefined) line.running -= 1;
      else next();
      if (line.running === 0) lines.delete(key);
    }
  };
}
