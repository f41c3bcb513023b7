import { addSeconds, backoffMs, type Clock, createLoop, type Loop } from "@comanda/primitives";
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { Letter, SendMail } from "../gateways/letter.ts";
import {
  type DueLetter,
  forgetLetter,
  markLetterRefused,
  openLetter,
  putLetterOff,
  takeDueLetters,
} from "../storage/letters.ts";
import type { People } from "../storage/people.ts";

const POLL_MS = 2_000;
const AT_ONCE = 10;
/** Longer than handing one over can take. */
const HELD_S = 90;
const RETRY = { baseMs: 1_000, maxMs: 30_000 } as const;

const Content = Type.Object({ to: Type.String(), subject: Type.String(), text: Type.String() });

export function writeLetter(letter: Letter): string {
  return JSON.stringify(letter);
}

/** @throws TypeError when that is no letter */
export function readLetter(text: string): Letter {
  const letter: unknown = JSON.parse(text);
  if (!Value.Check(Content, letter)) throw new TypeError("a sealed letter is none");
  return letter;
}

type Log = Readonly<Record<"info" | "warn" | "error", (record: object, message: string) => void>>;
type Deps = { readonly people: People; readonly clock: Clock; readonly log: Log; readonly sendMail: SendMail };

/**
 * Hands letters to the mail server beside the requests: how long it takes is nobody's business, and a server that is
 * away, busy or grey-listing us must not cost anybody their letter. It is tried until its code is over.
 */
export function makePostingLetters(deps: Deps): Loop {
  const { people, clock, log } = deps;
  const trouble = makeTrouble(log);
  return createLoop({
    round: async () => {
      const now = clock.now();
      const due = { now, heldUntil: addSeconds(now, HELD_S), limit: AT_ONCE };
      const letters = await takeDueLetters(people.db, due);
      await Promise.all(letters.map((letter) => post(deps, letter, trouble)));
      return letters.length;
    },
    pollMs: POLL_MS,
    onError: (error) => log.error({ err: error, job: "letters" }, "background work failed; it will be tried again"),
  });
}

async function post({ people, clock, log, sendMail }: Deps, due: DueLetter, trouble: Trouble): Promise<void> {
  const { verificationId, personId, attempts } = due;
  const words = await openLetter(people, verificationId);
  if (words === null) return;
  const letter = readLetter(words);
  try {
    if ((await sendMail({ ...letter, id: verificationId })) === "handed-over")
      await forgetLetter(people.db, verificationId);
    else {
      log.warn({ person: personId }, "the mail server refuses the address of a letter");
      await markLetterRefused(people.db, verificationId, clock.now());
    }
    trouble.isOver();
  } catch (error) {
    trouble.begins(error);
    const pauseMs = backoffMs({ attempt: attempts, ...RETRY });
    await putLetterOff(people.db, verificationId, addSeconds(clock.now(), pauseMs / 1000));
  }
}

type Trouble = { readonly begins: (error: unknown) => void; readonly isOver: () => void };

/** One line when letters stop going out, one when they go again. The error itself may quote an address. */
function makeTrouble(log: Log): Trouble {
  let isThere = false;
  return {
    begins: (error) => {
      if (isThere) return;
      isThere = true;
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
      log.error({ alarm: "letters-unsent", code }, "the mail server takes no letters; they are kept and tried again");
    },
    isOver: () => {
      if (!isThere) return;
      isThere = false;
      log.info({ alarm_over: "letters-unsent" }, "the mail server takes letters again");
    },
  };
}
