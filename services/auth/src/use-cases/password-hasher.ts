import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import { hash, parseOptions, verify } from "@node-rs/argon2";
import { BusyError, makeAppointments, makeBulkhead, type Places } from "./bulkhead.ts";

/** Passwords in, argon2id hashes out; a bulkhead of its own, for each hash costs 19 MiB and a core for milliseconds. */
export type PasswordHasher = {
  /** @throws BusyError */
  readonly hash: (password: string) => Promise<string>;
  /** @throws BusyError */
  readonly verify: (passwordHash: string, password: string) => Promise<boolean>;
  /** Costs what `verify` costs and says nothing: for accounts that do not exist (reliability AU-32). */
  readonly verifyNothing: (password: string) => Promise<void>;
  /**
   * Does work that will check a password, unless as many are at it as will find a place. Whoever comes then is turned
   * away before anything is looked up for them: five hundred at once cost little more than the fifty who are served.
   * @throws BusyError
   */
  readonly admit: <Value>(work: () => Promise<Value>) => Promise<Value>;
  /** Whether a hash was made with weaker parameters than today's. */
  readonly isOutdated: (passwordHash: string) => boolean;
};

// OWASP Password Storage Cheat Sheet: argon2id (the library's default kind), 19 MiB, 2 passes, 1 lane.
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

// Of the four threads of Node's pool one stays free for signatures, files and addresses; and more hashes than cores
// would make each take longer, and hold 19 MiB for so long, for nothing.
const PLACES = { atOnce: Math.min(3, availableParallelism()), waiting: 50 };

/** Until the first hashes have shown how long they take here. */
const FIRST_GUESS_MS = 20;

/** Makes the hasher: at most `atOnce` hashes run and `waiting` more stand in line (reliability AU-14). */
export function makePasswordHasher(places: Places = PLACES, nowMs = () => performance.now()): PasswordHasher {
  let msPerHash = FIRST_GUESS_MS;
  const nextAppointment = makeAppointments(() => msPerHash / places.atOnce, nowMs);
  const turnedAway = () => new BusyError("too many passwords at once", nextAppointment());
  const takePlace = makeBulkhead(places, turnedAway);
  const inTurn = <Value>(work: () => Promise<Value>) =>
    takePlace(async () => {
      const beganMs = nowMs();
      const value = await work();
      msPerHash += (nowMs() - beganMs - msPerHash) / 8;
      return value;
    });
  const dummy = hash(randomBytes(32), PARAMETERS);

  return {
    hash: (password) => inTurn(() => hash(bytesOf(password), PARAMETERS)),
    verify: (passwordHash, password) => inTurn(() => verify(passwordHash, bytesOf(password))),
    verifyNothing: async (password) => {
      await inTurn(async () => verify(await dummy, bytesOf(password)));
    },
    admit: makeBulkhead({ atOnce: places.atOnce + places.waiting, waiting: 0 }, turnedAway),
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
