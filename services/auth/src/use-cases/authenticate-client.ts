import { createHash, timingSafeEqual } from "node:crypto";
import { SERVICE_AUDIENCES, type ServiceClient } from "../domain/token-policy.ts";

/** The service that these credentials belong to, or `null`. */
export type AuthenticateClient = (credentials: {
  readonly clientId: string;
  readonly clientSecret: string;
}) => ServiceClient | null;

/** Makes the check of the services' secrets. Only their hashes are kept, compared in constant time. */
export function makeAuthenticateClient(secrets: Readonly<Record<ServiceClient, string>>): AuthenticateClient {
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
