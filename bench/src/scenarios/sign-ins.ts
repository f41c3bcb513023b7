import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { System } from "@comanda/testing/system";
import { ask, guestToken } from "@comanda/testing/system-client";
import { type Outcome, runSteady } from "../load.ts";
import type { Crowd, CrowdOutcome } from "./crowd.ts";

const PEOPLE = 500;
const PER_SECOND = 100;
const PASSWORD = "um pastel de queijo às seis";

/**
 * `GET /auth` at a steady pace: left alone, and while 500 people sign in at the same moment, of whom those who are turned
 * away come back when they are told. `story` says in words what became of them and of the memory of auth.
 */
export async function measureSignInStorm(
  system: System,
  { seconds }: { readonly seconds: number },
): Promise<{ readonly outcomes: ReadonlyMap<string, Outcome>; readonly story: string }> {
  const emails = await registerPeople(system);
  const token = await guestToken(system);
  const headers = { authorization: `Bearer ${token}` };
  const load = { url: `${system.auth}/auth`, headers, clients: 8, seconds, perSecond: PER_SECOND };
  await runSteady({ ...load, seconds: 1 });
  const alone = await runSteady(load);

  const people = await gather({ auth: system.auth, emails, password: PASSWORD });
  const memory = await watchMemory(system);
  const signedIn = people.signIn();
  const during = await runSteady(load);
  const outcome = await signedIn;
  const rose = memory.stop();
  const { atOnce, turnedAway, wrong } = outcome;
  return {
    outcomes: new Map([
      ["left alone", alone],
      [`while ${PEOPLE} sign in`, { ...during, wrong: during.wrong + wrong }],
    ]),
    story:
      `${atOnce} of ${PEOPLE} signed in at the first ask, all after ${outcome.seconds.toFixed(1)} s; ` +
      `${turnedAway} times somebody was asked to come back; the memory of auth rose by ${rose.toFixed(0)} MiB`,
  };
}

async function registerPeople({ auth }: System): Promise<readonly string[]> {
  const emails = Array.from({ length: PEOPLE }, (_, at) => `pessoa${at}@exemplo.com.br`);
  const left = [...emails];
  const registerSome = async () => {
    for (let email = left.pop(); email !== undefined; email = left.pop()) {
      const body = { name: "Ana Souza", email, password: PASSWORD, consent: true };
      await ask(`${auth}/customers/register`, { body, expect: 201 });
    }
  };
  await Promise.all([registerSome(), registerSome()]);
  return emails;
}

async function gather(crowd: Crowd) {
  const child = fork(fileURLToPath(new URL("./crowd.ts", import.meta.url)));
  await once(child, "message");
  return {
    signIn: async (): Promise<CrowdOutcome> => {
      const told = once(child, "message");
      child.send(crowd);
      const [outcome] = await told;
      child.disconnect();
      return outcome;
    },
  };
}

const LOOKED_EVERY_MS = 250;

/** Follows what auth says of its memory; `stop` gives the most it rose by, in MiB. */
async function watchMemory({ auth }: System): Promise<{ readonly stop: () => number }> {
  const before = await residentMiB(auth);
  let most = before;
  const timer = setInterval(() => {
    residentMiB(auth).then(
      (now) => {
        most = Math.max(most, now);
      },
      () => undefined,
    );
  }, LOOKED_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return most - before;
    },
  };
}

async function residentMiB(auth: string): Promise<number> {
  const text = await (await fetch(`${auth}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]) / 2 ** 20;
}
