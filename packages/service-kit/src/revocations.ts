import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import type { Caller } from "./caller.ts";
import type { Log } from "./logger.ts";
import { createOutbound, type Outbound } from "./outbound/outbound.ts";
import type { ServiceTokens } from "./service-tokens.ts";

const Instant = Type.String({ format: "date-time" });

/** The revocation list as auth publishes it to the other services. */
export const RevocationDocument = Type.Object(
  {
    version: Type.String({ description: "Changes whenever the list does; also the `ETag`" }),
    tokens: Type.Array(Type.Object({ id: Type.String({ description: "`jti` of a token" }), expires_at: Instant })),
    subjects: Type.Array(
      Type.Object({
        id: Type.String({ description: "`sub` of tokens" }),
        not_before: Instant,
        expires_at: Instant,
      }),
      { description: "Whose tokens are not good any more, of those issued up to `not_before`" },
    ),
  },
  { additionalProperties: true },
);
export type RevocationDocument = Static<typeof RevocationDocument>;

/** A revocation list in memory: asked at every request, so it only looks things up. */
export type Revocations = {
  /** Plugs into `createTokenVerifier`. */
  readonly isRevoked: (caller: Pick<Caller, "id" | "tokenId" | "issuedAt">) => boolean;
  readonly replace: (document: RevocationDocument) => void;
};

/** Makes an empty list. Tokens are known by their `jti`, never by their text, which can be written in several ways. */
export function makeRevocations(): Revocations {
  let tokens: ReadonlySet<string> = new Set();
  let subjects: ReadonlyMap<string, number> = new Map();
  return {
    isRevoked: ({ id, tokenId, issuedAt }) => {
      if (tokens.has(tokenId)) return true;
      const notBeforeMs = subjects.get(id);
      // `iat` knows whole seconds only: of a token from the very second of the revocation nobody can tell which came
      // first, and it counts as revoked.
      return notBeforeMs !== undefined && issuedAt.getTime() <= notBeforeMs;
    },
    replace: (document) => {
      tokens = new Set(document.tokens.map(({ id }) => id));
      subjects = new Map(document.subjects.map(({ id, not_before }) => [id, Date.parse(not_before)]));
    },
  };
}

const POLL_MS = 2_000;
const TIMEOUT_MS = 1_500;
// Some hundred thousand revocations within the hour.
const LIST_MAX_BYTES = 32 * 1024 * 1024;
const FAILURES_WORTH_A_WORD = 3;

/** A revocation list that follows auth's. */
export type RevocationList = {
  readonly isRevoked: Revocations["isRevoked"];
  /** Begins to poll; resolves after the first attempt, also when that failed. */
  readonly start: () => Promise<void>;
  readonly stop: () => void;
};

/**
 * Follows auth's revocation list, so that a revoked token is refused here within two polls and no request of a client
 * costs one to auth (reliability AU-06). With auth away the last list stays in use: what was revoked stays revoked, and
 * everybody else goes on working (AU-12).
 *
 * @param options.tokens this service's tokens for auth: `createServiceTokens({ …, audience: "auth" })`
 * @param options.pollMs milliseconds from one poll to the next; default 2 000
 */
export function createRevocationList(options: {
  readonly authUrl: string;
  readonly tokens: ServiceTokens;
  readonly log: Pick<Log, "info" | "warn">;
  readonly pollMs?: number;
}): RevocationList {
  const { authUrl, tokens, log, pollMs = POLL_MS } = options;
  const outbound = createOutbound({ own: [authUrl] });
  const revocations = makeRevocations();
  let version: string | null = null;
  let failures = 0;
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;

  async function poll(): Promise<void> {
    try {
      const document = await fetchRevocations(outbound, { authUrl, token: await tokens.get(), version });
      if (document !== null) {
        revocations.replace(document);
        ({ version } = document);
      }
      if (failures >= FAILURES_WORTH_A_WORD) log.info("the revocation list is followed again");
      failures = 0;
    } catch (error) {
      failures += 1;
      // Once for each outage, not every two seconds of it.
      if (failures === FAILURES_WORTH_A_WORD) {
        log.warn({ err: error }, "the revocation list cannot be had; the last one stays in use");
      }
    }
    if (!stopped) timer = setTimeout(() => void poll(), pollMs).unref();
  }

  return {
    isRevoked: revocations.isRevoked,
    start: poll,
    stop: () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** The list; `null` when it is still `version`. */
async function fetchRevocations(
  outbound: Outbound,
  options: { readonly authUrl: string; readonly token: string; readonly version: string | null },
): Promise<RevocationDocument | null> {
  const { status, body } = await outbound(new URL("/revocations", options.authUrl), {
    headers: {
      authorization: `Bearer ${options.token}`,
      ...(options.version === null ? {} : { "if-none-match": `"${options.version}"` }),
    },
    timeoutMs: TIMEOUT_MS,
    maxBytes: LIST_MAX_BYTES,
  });
  if (status === 304) return null;
  if (status !== 200) throw new Error(`auth refused the revocation list with ${status}`);
  const answer: unknown = JSON.parse(body.toString("utf8"));
  if (!Value.Check(RevocationDocument, answer)) throw new Error("auth answered something that is no revocation list");
  return answer;
}
