import { randomBytes } from "node:crypto";
import { hash, parseOptions, verify } from "@node-rs/argon2";

/** Hashing is full and its queue too; the caller should come again (answered 503 with Retry-After). */
export class HasherBusyError extends Error {
  override readonly name = "HasherBusyError";
}

/** Passwords in, argon2id hashes out; a bulkhead of its own, for each hash costs 19 MiB and a core for milliseconds. */
export type PasswordHasher = {
  /** @throws HasherBusyError */
  readonly hash: (password: string) => Promise<string>;
  /** @throws HasherBusyError */
  readonly verify: (passwordHash: string, password: string) => Promise<boolean>;
  /** Costs what `verify` costs and says nothing: for accounts that do not exist (reliability AU-32). */
  readonly verifyNothing: (password: string) => Promise<void>;
  /** Whether a hash was made with weaker parameters than today's. */
  readonly isOutdated: (passwordHash: string) => boolean;
};

// OWASP Password Storage Cheat Sheet: argon2id (the library's default kind), 19 MiB, 2 passes, 1 lane.
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Makes the hasher: at most `atOnce` hashes run and `waiting` more stand in line (reliability AU-14). */
export function makePasswordHasher(limits = { atOnce: 4, waiting: 50 }): PasswordHasher {
  const inTurn = makeBulkhead(limits);
  const dummy = hash(randomBytes(32), PARAMETERS);

  return {
    hash: (password) => inTurn(() => hash(bytesOf(password), PARAMETERS)),
    verify: (passwordHash, password) => inTurn(() => verify(passwordHash, bytesOf(password))),
    verifyNothing: async (password) => {
      await inTurn(async () => verify(await dummy, bytesOf(password)));
    },
    isOutdated: (passwordHash) => {
      const made = parseOptions(passwordHash);
      return (
        made.memoryCost < PARAMETERS.memoryCost ||
        made.timeCost < PARAMETERS.timeCost ||
        made.parallelism < PARAMETERS.parallelism
      );
    },
  };
}

/** The bytes as they were typed: no trimming, no Unicode normalisation (AU-15). */
function bytesOf(password: string): Buffer {
  return Buffer.from(password, "utf8");
}

function makeBulkhead(limits: { readonly atOnce: number; readonly waiting: number }) {
  const line: (() => void)[] = [];
  let running = 0;

  return async function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    if (running >= limits.atOnce) {
      if (line.length >= limits.waiting) throw new HasherBusyError("too many passwords at once");
      await new Promise<void>((resolve) => line.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      // The place goes to the next in line as it is, so that nobody slips in between.
      const next = line.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
