import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

/** A fresh refresh token: 32 random bytes (256 bits, ASVS V11) as 43 characters that need no encoding anywhere. */
export function newRefreshToken(): string {
  return randomBytes(32).toString("base64url");
}

/** What is kept of it. Plain SHA-256 does for something that nobody can guess. */
export function digestOf(refreshToken: string): Buffer {
  return createHash("sha256").update(refreshToken, "utf8").digest();
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals the answer to a refresh token so that only that token opens it again: not even we can read it without. */
export function sealAnswer(refreshToken: string, answer: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyOf(refreshToken), nonce);
  const hidden = Buffer.concat([cipher.update(answer, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), hidden]);
}

/** @throws Error when it was sealed for another token, or altered */
export function openAnswer(refreshToken: string, sealed: Buffer): string {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", keyOf(refreshToken), nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(tag);
  return decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
}

function keyOf(refreshToken: string): Buffer {
  return Buffer.from(hkdfSync("sha256", refreshToken, "", "comanda/auth/refresh-token/answer", 32));
}
