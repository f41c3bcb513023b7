import { type Static, Type } from "typebox";
import type { Caller } from "./caller.ts";

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
    keys: Type.Optional(
      Type.Array(Type.String(), { description: "`kid` of each signing key: tokens of a key that leaves are not good" }),
    ),
  },
  { additionalProperties: true },
);
export type RevocationDocument = Static<typeof RevocationDocument>;

/** A revocation list in memory: asked at every request, so it only looks things up. */
export type Revocations = {
  /** Plugs into `createTokenVerifier`. */
  readonly isRevoked: (caller: Pick<Caller, "id" | "tokenId" | "keyId" | "issuedAt">) => boolean;
  readonly replace: (document: RevocationDocument) => void;
};

/** Makes an empty list. Tokens are known by their `jti`, never by their text, which can be written in several ways. */
export function makeRevocations(): Revocations {
  let tokens: ReadonlySet<string> = new Set();
  let subjects: ReadonlyMap<string, number> = new Map();
  let keys: ReadonlySet<string> = new Set();
  // Not whatever is missing in the list: a key that this list has not heard of yet may sign already.
  let goneKeys: ReadonlySet<string> = new Set();
  return {
    isRevoked: ({ id, tokenId, keyId, issuedAt }) => {
      if (tokens.has(tokenId) || goneKeys.has(keyId)) return true;
      const notBeforeMs = subjects.get(id);
      // `iat` knows whole seconds only: of a token from the very second of the revocation nobody can tell which came
      // first, and it counts as revoked.
      return notBeforeMs !== undefined && issuedAt.getTime() <= notBeforeMs;
    },
    replace: (document) => {
      tokens = new Set(document.tokens.map(({ id }) => id));
      subjects = new Map(document.subjects.map(({ id, not_before }) => [id, Date.parse(not_before)]));
      if (document.keys === undefined) return;
      const now = new Set(document.keys);
      goneKeys = new Set([...goneKeys, ...keys].filter((key) => !now.has(key)));
      keys = now;
    },
  };
}
