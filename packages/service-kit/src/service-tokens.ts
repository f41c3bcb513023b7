import { Type } from "typebox";
import { Value } from "typebox/value";
import { createOutbound } from "./outbound/outbound.ts";

/** Gives a bearer token for calling another service; cached until shortly before it expires. */
export type ServiceTokens = {
  readonly get: () => Promise<string>;
  /** Not to be given again: it was refused, as all of a signing key are when that key has gone. */
  readonly forget: (token: string) => void;
};

const TokenAnswer = Type.Object({ access_token: Type.String(), expires_in: Type.Number() });
const RENEW_BEFORE_S = 30;

/**
 * Obtains this service's own tokens from auth by `client_credentials` (RFC 6749 §4.4). Callers at the same moment share
 * one request.
 * @throws Error from `get` when auth is away or refuses
 */
export function createServiceTokens(options: {
  readonly authUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** For which service the tokens are; without it, for the one that auth has this client call. */
  readonly audience?: "auth" | "order" | "payment";
}): ServiceTokens {
  const outbound = createOutbound({ own: [options.authUrl] });
  let current: { readonly token: string; readonly renewAtMs: number } | null = null;
  let pending: Promise<string> | null = null;

  async function fetchToken(): Promise<string> {
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: options.clientId,
      client_secret: options.clientSecret,
      // RFC 8707; each of our tokens names exactly one service.
      ...(options.audience === undefined ? {} : { resource: `urn:comanda:${options.audience}` }),
    });
    const { status, body } = await outbound(new URL("/token", options.authUrl), {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
      timeoutMs: 3_000,
    });
    if (status !== 200) throw new Error(`auth refused a service token with ${status}`);
    const answer: unknown = JSON.parse(body.toString("utf8"));
    if (!Value.Check(TokenAnswer, answer)) throw new Error("auth answered something that is no token");
    current = { token: answer.access_token, renewAtMs: Date.now() + (answer.expires_in - RENEW_BEFORE_S) * 1000 };
    return answer.access_token;
  }

  return {
    get: async () => {
      if (current !== null && Date.now() < current.renewAtMs) return current.token;
      pending ??= fetchToken().finally(() => {
        pending = null;
      });
      return pending;
    },
    forget: (token) => {
      if (current?.token === token) current = null;
    },
  };
}
