import { createHash } from "node:crypto";
import type { Clock } from "@comanda/primitives";
import { type Log, makeRevocations, type RevocationDocument, type Revocations } from "@comanda/service-kit";
import { listRevocations, type Revocation } from "./storage/revocations.ts";
import type { Db } from "./storage/sessions.ts";

/** Auth's own revocation list: read from the database after each change, and now and then for those of other processes. */
export type RevocationWatch = {
  readonly isRevoked: Revocations["isRevoked"];
  /** The list as it stands in the database. */
  readonly read: () => Promise<RevocationDocument>;
  /** Takes the list over; to be awaited after a revocation, before it is answered. */
  readonly refresh: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => void;
};

const POLL_MS = 1_000;

/** @param deps.keyIds the signing keys that there are now: the tokens of one that has gone are no good */
export function makeRevocationWatch(deps: {
  readonly db: Db;
  readonly keyIds: () => readonly string[];
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
}): RevocationWatch {
  const revocations = makeRevocations();
  let timer: NodeJS.Timeout | null = null;
  let asked = 0;
  let applied = 0;
  let isAway = false;

  async function read(): Promise<RevocationDocument> {
    return documentOf(await listRevocations(deps.db, deps.clock.now()), deps.keyIds());
  }

  async function takeOver(): Promise<void> {
    asked += 1;
    const turn = asked;
    const document = await read();
    // A slow answer must not bring back what an earlier one has superseded.
    if (turn < applied) return;
    applied = turn;
    revocations.replace(document);
  }

  /** What was written is true whether or not it can be read at once; the next round tries again. */
  async function refresh(): Promise<void> {
    try {
      await takeOver();
      isAway = false;
    } catch (error) {
      // Once for each outage, not every second of it.
      if (!isAway) deps.log.warn({ err: error }, "the revocation list cannot be read; the last one stays in use");
      isAway = true;
    }
  }

  return {
    isRevoked: revocations.isRevoked,
    read,
    refresh,
    start: async () => {
      await takeOver();
      timer = setInterval(() => void refresh(), POLL_MS).unref();
    },
    stop: () => {
      if (timer !== null) clearInterval(timer);
    },
  };
}

function documentOf(list: readonly Revocation[], keyIds: readonly string[]): RevocationDocument {
  const tokens = list.flatMap((entry) =>
    entry.kind === "token" ? [{ id: entry.tokenId, expires_at: entry.expiresAt.toISOString() }] : [],
  );
  const subjects = list.flatMap((entry) =>
    entry.kind === "subject"
      ? [{ id: entry.subject, not_before: entry.notBefore.toISOString(), expires_at: entry.expiresAt.toISOString() }]
      : [],
  );
  const version = createHash("sha256")
    .update(JSON.stringify([tokens, subjects, keyIds]))
    .digest("base64url");
  return { version, tokens, subjects, keys: [...keyIds] };
}
