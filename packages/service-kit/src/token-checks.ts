import type { Caller } from "./caller.ts";
import type { Figure } from "./figures.ts";
import type { ReadinessCheck } from "./health.ts";
import type { Log } from "./logger.ts";
import { createRevocationList } from "./revocation-list.ts";
import { createServiceTokens } from "./service-tokens.ts";
import { createTokenVerifier, remoteKeys, type TokenVerifier } from "./token-verifier.ts";

/** Thirty polls. A restart of auth is over by then. */
const LATE_AFTER_S = 60;

/** How a service other than auth checks tokens. */
export type TokenChecks = {
  readonly verifyToken: TokenVerifier;
  /** For what goes on after the check: streams that are open. */
  readonly isRevoked: (caller: Caller) => boolean;
  /** What must be known of auth before the service is ready. */
  readonly readiness: readonly ReadinessCheck[];
  /** What tells people that it is not followed any more: whoever is sent away meanwhile is let in here. */
  readonly figures: readonly Figure[];
  /** Begins to follow auth; resolves after the first attempt, also when that failed. */
  readonly start: () => Promise<void>;
  readonly stop: () => void;
};

/**
 * Checks tokens by what auth publishes: its keys, and what it took back. Both are read once before the service is ready,
 * and from then on it works with auth away (reliability AU-12, ADR 0032).
 *
 * @param options.service this service's name: the audience of its callers' tokens, and its own name at auth
 */
export function createTokenChecks(options: {
  readonly authUrl: string;
  readonly issuer: string;
  readonly service: "order" | "payment";
  readonly clientSecret: string;
  readonly log: Pick<Log, "info" | "warn">;
  readonly pollMs?: number;
}): TokenChecks {
  const { authUrl, issuer, service, clientSecret } = options;
  const { keys, readOnce, follow, stop: stopKeys } = remoteKeys(authUrl);
  const tokens = createServiceTokens({ authUrl, clientId: service, clientSecret, audience: "auth" });
  const revocations = createRevocationList({ ...options, tokens, onKeys: follow });
  const { isRevoked } = revocations;

  return {
    verifyToken: createTokenVerifier({ issuer, audience: service, keys, isRevoked }),
    isRevoked,
    readiness: [
      { name: "token keys", check: readOnce },
      {
        name: "revocations",
        check: async () => {
          if (!revocations.isKnown()) throw new Error("the revocation list was not read yet");
        },
      },
    ],
    figures: [
      {
        name: "token_revocations_age_seconds",
        help: "Time since auth last said which tokens were taken back",
        read: async () => revocations.ageSeconds(),
        alarm: { code: "revocations-late", above: LATE_AFTER_S },
      },
    ],
    start: async () => {
      // Keys that cannot be had now are asked for again by the look at readiness, and by the first token.
      await Promise.all([readOnce().catch(() => undefined), revocations.start()]);
    },
    stop: () => {
      revocations.stop();
      stopKeys();
    },
  };
}
