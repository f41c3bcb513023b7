import { type App, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import type { SigningKeys } from "../storage/signing-keys.ts";

const schema = {
  operationId: "list-signing-keys",
  tags: ["discovery"],
  summary: "Public keys of our tokens (RFC 7517)",
  response: {
    200: Type.Object({
      keys: Type.Array(
        Type.Object({
          kty: Type.String(),
          crv: Type.String(),
          x: Type.String(),
          kid: Type.String(),
          alg: Type.String(),
          use: Type.String(),
        }),
      ),
    }),
    ...problemResponses(["internal"]),
  },
} as const;

/** `GET /.well-known/jwks.json` */
export function listSigningKeysRoute(app: App, { keys }: { readonly keys: SigningKeys }): void {
  app.get("/.well-known/jwks.json", { config: { access: "tokenless" }, schema }, async (_request, reply) => {
    // Short: a key that has just begun to sign must not be missing for long behind a cache.
    reply.header("cache-control", "public, max-age=15");
    return { keys: [...keys.publicKeys()] };
  });
}
