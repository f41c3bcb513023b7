import { type FixedClock, fixedClock } from "@comanda/testing";
import { hireStaff } from "./builders.ts";
import { type Auth, bearer, callAuth, postToken, startAuth } from "./harness.ts";

/** A shop whose staff come and go, with the clock in the hand of the test. */
export type Shop = {
  readonly auth: Auth;
  readonly clock: FixedClock;
  /** Somebody of the shop who is signed in. */
  readonly signedIn: (role: string) => Promise<Employee>;
  /** What `GET /auth` answers a token. */
  readonly statusOf: (token: string) => Promise<number>;
  /** `PATCH /customers/admin/{id}` */
  readonly patch: (id: string, payload: object, token: string) => ReturnType<typeof callAuth>;
};

type Employee = {
  readonly id: string;
  readonly email: string;
  readonly token: string;
  readonly refreshToken: string;
  readonly signIn: () => ReturnType<typeof postToken>;
};

export async function startShop(): Promise<Shop> {
  const clock = fixedClock(new Date());
  const auth = await startAuth({ clock });
  return {
    auth,
    clock,
    signedIn: async (role) => {
      clock.set(new Date());
      const { id, sent } = await hireStaff(auth, { role });
      const signIn = () => postToken(auth, { username: sent.email, password: sent.password });
      const { access_token: token, refresh_token: refreshToken } = (await signIn()).json();
      return { id, email: sent.email, token: String(token), refreshToken: String(refreshToken), signIn };
    },
    statusOf: async (token) => (await auth.app.inject({ url: "/auth", headers: bearer(token) })).statusCode,
    patch: (id, payload, token) => callAuth(auth, "PATCH", `/customers/admin/${id}`, { token, payload }),
  };
}
