import { createHash } from "node:crypto";
import type { World } from "./world.ts";

/** What an API operation answers: `body` is sent as JSON. */
export type Answer = { status: number; body: unknown };

/** A write that names itself by a key: unique per token, method, path and key. */
export type KeyedWrite = { token: string; method: string; path: string; key: string; rawBody: string };

/** How long an answer is remembered (documented: 24 h), ms of the sandbox clock. */
const keptMs = 24 * 3_600_000;

/** Remembers answers by idempotency key, and which keys are being worked on. */
export type Idempotency = {
  /** Claims a key: `fresh` holds it until `release`; the others say why the write must not run. */
  claim: (write: KeyedWrite) => Claim;
};

/** Outcome of claiming a key. */
export type Claim =
  | { kind: "fresh"; remember: (answer: Answer) => void; release: () => void }
  | { kind: "replay"; status: number; bodyText: string }
  | { kind: "other_body" }
  | { kind: "in_flight" };

/** Builds the memory of answered writes over the world's table. */
export const makeIdempotency = (world: Pick<World, "clock" | "tables">): Idempotency => {
  const { answers } = world.tables;
  const inFlight = new Set<string>();

  const forgetOld = () => {
    for (const answer of answers.values()) {
      if (answer.createdMs + keptMs > world.clock.now()) return;
      answers.remove(answer.id);
    }
  };

  return {
    claim: (write) => {
      const id = digest(`${write.token}\n${write.method}\n${write.path}\n${write.key}`);
      const bodyHash = digest(write.rawBody);
      if (inFlight.has(id)) return { kind: "in_flight" };
      forgetOld();
      const known = answers.get(id);
      if (known !== undefined) {
        if (known.bodyHash !== bodyHash) return { kind: "other_body" };
        return { kind: "replay", status: known.status, bodyText: known.bodyText };
      }
      inFlight.add(id);
      return {
        kind: "fresh",
        remember: ({ status, body }) => {
          // A refusal changed nothing: trying again later with the same key must be decided anew.
          // Only a failed payment (402) leaves something behind, so it is remembered too.
          if (status >= 300 && status !== 402) return;
          answers.put(id, { id, bodyHash, status, bodyText: JSON.stringify(body), createdMs: world.clock.now() });
        },
        release: () => inFlight.delete(id),
      };
    },
  };
};

const digest = (text: string) => createHash("sha256").update(text).digest("base64url");
