import { type FixedClock, fixedClock } from "@comanda/testing";
import { type Ask, compareTimes } from "@comanda/testing/timing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeGuardAttempts } from "../src/use-cases/guard-attempts.ts";
import { makeKnownDevices } from "../src/use-cases/known-device.ts";
import { makeSecondFactors } from "../src/use-cases/second-factor.ts";
import { makeSignIn } from "../src/use-cases/sign-in.ts";
import { freshCpf, hireStaff, registerGuest, registration } from "./builders.ts";
import { type Auth, bearer, post, postToken, signToken, startAuth } from "./harness.ts";

let auth: Auth;
let clock: FixedClock;
beforeAll(async () => {
  clock = fixedClock(new Date());
  auth = await startAuth({ clock, settings: { RATE_LIMITS: "off" } });
});
afterAll(() => auth.close());

const TIMEOUT_MS = 600_000;

type Answer = Awaited<ReturnType<typeof post>>;
type Question = () => Promise<Answer>;

/** What a client can see of an answer, the moment and the name of the request aside; the length counts. */
function seenOf({ statusCode, headers, body }: Answer) {
  const { date: _date, "x-request-id": _id, ...others } = headers;
  return { statusCode, headers: others, body: body.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}/g, "an-id") };
}

// Reliability AU-32.
async function expectAlike(known: Question, unknown: Question): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) expect(seenOf(await known())).toEqual(seenOf(await unknown()));
  const { isAlike, words } = await compareTimes([known, unknown]);
  expect(isAlike, `told apart by time: ${words}`).toBe(true);
}

const ACCOUNTS = 40;
/** Four wrong passwords of an account are looked at at once; a quarter of an hour later, four more. */
const FREE = 4;
const FORGOTTEN_S = 901;

/** Wrong passwords for one account after the other, never so many that they are slowed down. */
function inTurns<Given>(accounts: readonly string[], ask: (username: string) => Promise<Given>): () => Promise<Given> {
  let turn = 0;
  return () => {
    const username = accounts[turn % accounts.length] ?? "";
    turn += 1;
    if (turn % (accounts.length * FREE) === 0) clock.advanceSeconds(FORGOTTEN_S);
    return ask(username);
  };
}

async function accountsOfEachKind() {
  clock.set(new Date());
  const guests = await Promise.all(Array.from({ length: ACCOUNTS }, () => registerGuest(auth)));
  const known = guests.map(({ sent }) => sent.email);
  return { known, unknown: known.map((email) => email.replace("@", ".x@")) };
}

describe("known and unknown", () => {
  it(
    "when somebody signs in with a wrong password, then nothing tells whether the e-mail is known",
    async () => {
      const { known, unknown } = await accountsOfEachKind();
      const signIn = (username: string) => postToken(auth, { username, password: "uma senha bem errada" });
      await expectAlike(inTurns(known, signIn), inTurns(unknown, signIn));
    },
    TIMEOUT_MS,
  );

  it(
    "when a CPF belongs to staff, then identifying is what it is for a CPF nobody has",
    async () => {
      clock.set(new Date());
      const { sent } = await hireStaff(auth, { role: "admin" });
      await expectAlike(identify(sent.cpf), identify(freshCpf()));
    },
    TIMEOUT_MS,
  );

  it(
    "when a guest took back being recognised, then identifying is what it is for a CPF nobody has",
    async () => {
      clock.set(new Date());
      const { id, token, sent } = await registerGuest(auth);
      const payload = { purpose: "recognition", given: false };
      expect((await post(auth, `/customers/${id}/consents`, { payload, token })).statusCode).toBe(201);
      await expectAlike(identify(sent.cpf), identify(freshCpf()));
    },
    TIMEOUT_MS,
  );

  // That an address is taken is said (the contract's 409); whose it is, is not.
  it(
    "when an e-mail or a CPF is taken, then registering does not tell whether by a guest or by staff",
    async () => {
      clock.set(new Date());
      const [guest, admin] = [await registerGuest(auth), await hireStaff(auth, { role: "admin" })];
      for (const field of ["email", "cpf"] as const) {
        const register = (taken: string) => () =>
          post(auth, "/customers/register", { payload: registration({ password: undefined, [field]: taken }) });
        await expectAlike(register(guest.sent[field]), register(admin.sent[field]));
      }
    },
    TIMEOUT_MS,
  );

  it(
    "when a code to choose a password with is over or was used, then it is what one is that never was",
    async () => {
      clock.set(new Date());
      const admin = await signToken(auth, { role: "admin" });
      const codeFor = async () => {
        const { id } = await hireStaff(auth, { role: "cashier" });
        return String((await post(auth, `/customers/${id}/password/reset`, { token: admin })).json().code);
      };
      const [over, used] = [await codeFor(), await codeFor()];
      const redeem = (code: string) => () =>
        post(auth, "/customers/password", { payload: { code, password: "dois pasteis de carne" } });
      expect((await redeem(used)()).statusCode).toBe(204);
      clock.advanceSeconds(86_401);
      const never = "A".repeat(over.length);
      await expectAlike(redeem(over), redeem(never));
      await expectAlike(redeem(used), redeem(never));
    },
    TIMEOUT_MS,
  );

  it.each([
    ["GET", ""],
    ["GET", "/export"],
    ["GET", "/consents"],
    ["DELETE", ""],
    ["POST", "/verification"],
  ] as const)(
    "when a guest asks %s …%s of somebody else, then it is what it is for nobody",
    async (method, path) => {
      clock.set(new Date());
      const { token } = await registerGuest(auth);
      const { id } = await registerGuest(auth);
      const ask = (whom: string) => () =>
        auth.app.inject({ method, url: `/customers/${whom}${path}`, headers: bearer(token) });
      await expectAlike(ask(id), ask("01940000-0000-7000-8000-000000000000"));
    },
    TIMEOUT_MS,
  );
});

function identify(cpf: string): Question {
  return () => post(auth, "/customers/identify", { payload: { cpf } });
}

/** Sign-in as it is, on the real accounts, but for a hasher that leaves out what the unknown cost. */
function forgetfulSignIn() {
  const { people, passwords } = auth;
  const { db, personalData } = people;
  const forgetful = { ...passwords, verifyNothing: async () => undefined };
  const guardAttempts = makeGuardAttempts({ db, clock });
  return makeSignIn({
    people,
    passwords: forgetful,
    guardAttempts,
    knownDevices: makeKnownDevices(personalData, clock),
    secondFactors: makeSecondFactors({ people, clock, guardAttempts, noteRevocations: async () => undefined }),
  });
}

// What is found alike says something only if the same measurement finds what is not.
describe("the measurement", () => {
  it(
    "when the hash for the unknown is left out, then known and unknown are told apart",
    async () => {
      const { known, unknown } = await accountsOfEachKind();
      const signIn = forgetfulSignIn();
      const attempt = (username: string) =>
        signIn({ username, password: "uma senha bem errada", mfaCode: undefined, mark: undefined });
      const { isAlike, auc } = await compareTimes([inTurns(known, attempt), inTurns(unknown, attempt)]);
      expect(isAlike).toBe(false);
      expect(auc).toBeGreaterThan(0.55);
    },
    TIMEOUT_MS,
  );

  it(
    "when one answer costs a single look into the database more, then they are told apart",
    async () => {
      clock.set(new Date());
      const plain = identify(freshCpf());
      const longer: Ask = async () => {
        await auth.database.pool.query("select 1");
        return plain();
      };
      const { isAlike, auc } = await compareTimes([longer, plain]);
      expect(isAlike).toBe(false);
      expect(auc).toBeGreaterThan(0.55);
    },
    TIMEOUT_MS,
  );
});
