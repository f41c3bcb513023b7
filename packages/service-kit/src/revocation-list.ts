import { Value } from "typebox/value";
import type { Log } from "./logger.ts";
import { createOutbound, type Outbound } from "./outbound/outbound.ts";
import { makeRevocations, RevocationDocument, type Revocations } from "./revocations.ts";
import type { ServiceTokens } from "./service-tokens.ts";
import { UncheckableTokenError } from "./uncheckable-token.ts";

const POLL_MS = 2_000;
// Nobody is let in before the first list is there.
const FIRST_POLLS_MS = 500;
const TIMEOUT_MS = 1_500;
// Some hundred thousand revocations within the hour.
const LIST_MAX_BYTES = 32 * 1024 * 1024;
const FAILURES_WORTH_A_WORD = 3;
// Fifteen seconds: services start together, and auth may be the last to be there.
const FIRST_FAILURES_WORTH_A_WORD = 30;

/** A revocation list that follows auth's. */
export type RevocationList = {
  /** @throws UncheckableTokenError before the list was read for the first time */
  readonly isRevoked: Revocations["isRevoked"];
  /** Whether the list was read, ever: without it no token is believed. */
  readonly isKnown: () => boolean;
  /** Seconds since it was last read, or was to be read for the first time. */
  readonly ageSeconds: () => number;
  /** Begins to poll; resolves after the first attempt, also when that failed. */
  readonly start: () => Promise<void>;
  readonly stop: () => void;
};

/**
 * Follows auth's revocation list, so that a revoked token is refused here within two polls and no request of a client
 * costs one to auth (reliability AU-06). With auth away the last list stays in use: what was revoked stays revoked, and
 * everybody else goes on working (AU-12). Who never read it knows of nothing that was revoked, which is no list that is
 * empty: until then nothing is said about any token (ADR 0032).
 *
 * @param options.tokens this service's tokens for auth: `createServiceTokens({ …, audience: "auth" })`
 * @param options.pollMs milliseconds from one poll to the next; default 2 000
 * @param options.onKeys told after each poll which signing keys auth has
 */
export function createRevocationList(options: {
  readonly authUrl: string;
  readonly tokens: ServiceTokens;
  readonly log: Pick<Log, "info" | "warn">;
  readonly pollMs?: number;
  readonly onKeys?: (keyIds: readonly string[]) => void;
}): RevocationList {
  const { authUrl, tokens, log, pollMs = POLL_MS, onKeys = () => undefined } = options;
  const outbound = createOutbound({ own: [authUrl] });
  const revocations = makeRevocations();
  let version: string | null = null;
  let keyIds: readonly string[] | undefined;
  let failures = 0;
  let isOutageSaid = false;
  let readAtMs = performance.now();
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;

  async function poll(): Promise<void> {
    try {
      const document = await fetchRevocations(outbound, { authUrl, tokens, version });
      if (document !== null) {
        revocations.replace(document);
        ({ version, keys: keyIds } = document);
      }
      readAtMs = performance.now();
      if (keyIds !== undefined) onKeys(keyIds);
      if (isOutageSaid) log.info("the revocation list is followed again");
      failures = 0;
      isOutageSaid = false;
    } catch (error) {
      failures += 1;
      // Once for each outage, not every two seconds of it.
      if (failures === (version === null ? FIRST_FAILURES_WORTH_A_WORD : FAILURES_WORTH_A_WORD)) {
        isOutageSaid = true;
        const meanwhile = version === null ? "until it is, no token is believed" : "the last one stays in use";
        log.warn({ err: error }, `the revocation list cannot be had; ${meanwhile}`);
      }
    }
    const pauseMs = version === null ? Math.min(FIRST_POLLS_MS, pollMs) : pollMs;
    if (!stopped) timer = setTimeout(() => void poll(), pauseMs).unref();
  }

  return {
    isRevoked: (caller) => {
      if (version === null) throw new UncheckableTokenError("what was revoked is not known yet");
      return revocations.isRevoked(caller);
    },
    isKnown: () => version !== null,
    ageSeconds: () => (performance.now() - readAtMs) / 1_000,
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
  options: { readonly authUrl: string; readonly tokens: ServiceTokens; readonly version: string | null },
): Promise<RevocationDocument | null> {
  const { authUrl, tokens, version } = options;
  const ask = (token: string) =>
    outbound(new URL("/revocations", authUrl), {
      headers: {
        authorization: `Bearer ${token}`,
        ...(version === null ? {} : { "if-none-match": `"${version}"` }),
      },
      timeoutMs: TIMEOUT_MS,
      maxBytes: LIST_MAX_BYTES,
    });
  const token = await tokens.get();
  const first = await ask(token);
  // Our own token may be of the very key that has gone, which is what the list would tell.
  if (first.status === 401) tokens.forget(token);
  const { status, body } = first.status === 401 ? await ask(await tokens.get()) : first;
  if (status === 304) return null;
  if (status !== 200) throw new Error(`auth refused the revocation list with ${status}`);
  const answer: unknown = JSON.parse(body.toString("utf8"));
  if (!Value.Check(RevocationDocument, answer)) throw new Error("auth answered something that is no revocation list");
  return answer;
}
