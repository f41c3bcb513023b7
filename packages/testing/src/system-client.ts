import { decodeJwt } from "jose";
import type { System } from "./system.ts";

/** Asks for JSON and insists on the expected status. @throws Error with the answer when it is another */
export async function ask<Answer>(
  url: string,
  options: {
    readonly method?: string;
    readonly token?: string;
    readonly body?: unknown;
    readonly expect?: number;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: options.method ?? (options.body === undefined ? "GET" : "POST"),
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(options.body === undefined ? {} : { "content-type": "application/json" }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await response.text();
  if (response.status !== (options.expect ?? 200)) throw new Error(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Answer; // a started system of ours is trusted; what it answers is what is looked at
}

/** A guest's token: no name, no CPF. */
export async function guestToken(system: System): Promise<string> {
  const url = `${system.auth}/customers/anonymous`;
  return (await ask<{ access_token: string }>(url, { body: {}, expect: 201 })).access_token;
}

/** The administrator's token. */
export async function adminToken(system: System): Promise<string> {
  const response = await fetch(`${system.auth}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "password",
      username: system.admin.email,
      password: system.admin.password,
    }),
  });
  if (!response.ok) throw new Error(`the administrator may not enter: ${response.status} ${await response.text()}`);
  const answer = (await response.json()) as { access_token: string }; // a started system of ours is trusted; what it answers is what is looked at
  return answer.access_token;
}

/** Somebody of the staff who works longer than a token of theirs lives. */
export type StaffAtWork = {
  /** A token with at least `spareSeconds` left. @throws Error when there is none and signing in fails */
  readonly token: () => Promise<string>;
};

/**
 * The administrator, signing in again before a token ends. With auth away the last token is used to its end: a run that
 * kills auth on purpose goes on.
 * @param spareSeconds how long whoever asks for a token may go on using it, at most half of its life
 */
export async function adminAtWork(system: System, { spareSeconds = 240 } = {}): Promise<StaffAtWork> {
  let current = await adminToken(system);
  let pending: Promise<string> | null = null;
  const renewed = async () => {
    try {
      current = await adminToken(system);
    } catch (error) {
      if (secondsLeft(current) <= 0) throw error;
    }
    return current;
  };
  return {
    token: async () => {
      const { iat = 0, exp = 0 } = decodeJwt(current);
      if (secondsLeft(current) > Math.min(spareSeconds, (exp - iat) / 2)) return current;
      pending ??= renewed().finally(() => {
        pending = null;
      });
      return pending;
    },
  };
}

function secondsLeft(token: string): number {
  return Number(decodeJwt(token).exp) - Date.now() / 1000;
}

type Product = {
  id: string;
  price_cents: number;
  available: boolean;
  option_groups: { min: number }[];
  slots: unknown[];
};

/** Two products of the sample menu that need no choices. */
export async function plainProducts(system: System): Promise<readonly Product[]> {
  const { items } = await ask<{ items: Product[] }>(`${system.order}/products?limit=100`);
  const plain = items.filter(
    ({ available, option_groups: groups, slots }) =>
      available && slots.length === 0 && groups.every(({ min }) => min === 0),
  );
  if (plain.length < 2) throw new Error("the sample menu has too few plain products");
  return plain.slice(0, 2);
}
