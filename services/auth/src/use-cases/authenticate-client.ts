import { createHash, timingSafeEqual } from "node:crypto";
import { SERVICE_AUDIENCES, type ServiceClient } from "../domain/token-policy.ts";
import type { CheckClientAssertion } from "./check-client-assertion.ts";

/** Says which service a request comes from, or `null`. */
export type AuthenticateClient = {
  readonly bySecret: (credentials: {
    readonly clientId: string;
    readonly clientSecret: string;
  }) => ServiceClient | null;
  /** `private_key_jwt` (RFC 7523). */
  readonly byAssertion: CheckClientAssertion;
};

/** The secrets a service may prove itself by: the present one, and the former while it is being changed. */
export type ClientSecrets = { readonly current: string; readonly previous?: string | undefined };

/** Makes the check of the services' secrets. Only their hashes are kept, compared in constant time. */
export function makeAuthenticateBySecret(
  secrets: Readonly<Record<ServiceClient, ClientSecrets>>,
): AuthenticateClient["bySecret"] {
  const hashes = { order: hashesOf(secrets.order), payment: hashesOf(secrets.payment) };
  const nobody = hashesOf({ current: "" });

  return function authenticateClient({ clientId, clientSecret }) {
    const client = isServiceClient(clientId) ? clientId : null;
    const given = digest(clientSecret);
    // An unknown client costs the same comparisons; the secret of nobody is empty, and an empty one never gets here.
    const matches = (client === null ? nobody : hashes[client]).map((hash) => timingSafeEqual(hash, given));
    return matches.includes(true) ? client : null;
  };
}

function hashesOf({ current, previous = current }: ClientSecrets): readonly [Buffer, Buffer] {
  return [digest(current), digest(previous)];
}

function isServiceClient(text: string): text is ServiceClient {
  return Object.hasOwn(SERVICE_AUDIENCES, text);
}

function digest(secret: string): Buffer {
  return createHash("sha256").update(secret, "utf8").digest();
}
