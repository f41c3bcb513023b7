import type { System } from "@comanda/testing/system";
import { ask, guestToken } from "@comanda/testing/system-client";
import { type Outcome, runSteady } from "../load.ts";

const SIGN_INS = 500;
const PER_SECOND = 100;

/** `GET /auth` at a steady pace: left alone, and while 500 people sign in at the same moment. */
export async function measureSignInStorm(
  system: System,
  { seconds }: { readonly seconds: number },
): Promise<{ readonly outcomes: ReadonlyMap<string, Outcome>; readonly signedIn: number; readonly shed: number }> {
  const token = await guestToken(system);
  await ask(`${system.auth}/auth`, { token });
  const load = {
    url: `${system.auth}/auth`,
    headers: { authorization: `Bearer ${token}` },
    clients: 8,
    seconds,
    perSecond: PER_SECOND,
  };
  await runSteady({ ...load, seconds: 1 });
  const alone = await runSteady(load);
  const storm = Promise.all(Array.from({ length: SIGN_INS }, () => signIn(system)));
  const during = await runSteady(load);
  const statuses = await storm;
  return {
    outcomes: new Map([
      ["left alone", alone],
      [`while ${SIGN_INS} sign in`, during],
    ]),
    signedIn: statuses.filter((status) => status === 200).length,
    shed: statuses.filter((status) => status === 503).length,
  };
}

async function signIn({ auth, admin }: System): Promise<number> {
  const body = new URLSearchParams({ grant_type: "password", username: admin.email, password: admin.password });
  const response = await fetch(`${auth}/token`, { method: "POST", body });
  await response.arrayBuffer();
  return response.status;
}
