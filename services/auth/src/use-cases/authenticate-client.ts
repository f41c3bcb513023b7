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

/** Makes the check of the services' secrets. Only their hashes are kept, compared in constant time. */
export function makeAuthenticateBySecret(
  secrets: Readonly<Record<ServiceClient, string>>,
): AuthenticateClient["bySecret"] {
  const hashes = { order: digest(secrets.order), payment: digest(secrets.payment) };
  const nobody = digest("");

  return function authenticateClient({ clientId, clientSecret }) {
    const client = isServiceClient(clientId) ? clientId : null;
    // An unknown client costs the same comparison; the secret of nobody is empty, and an empty one never gets here.
    const matches = timingSafeEqual(client === null ? nobody : hashes[client], digest(clientSecret));
    return matches ? client : null;
  };
}

function isServiceClient(text: string): text is ServiceClient {
  return Object.hasOwn(SERVICE_AUDIENCES, text);
}

function digest(secret: string): Buffer {
  return createHash("sha256").update(secret, "utf8").digest();
}
