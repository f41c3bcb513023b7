import { createHash, createHmac, hkdfSync } from "node:crypto";
import { KEY_BYTES } from "./sealing.ts";

const PURPOSES = [
  "email",
  "cpf",
  "request",
  "pairing",
  "verification",
  "account",
  "known-device",
  "invitation",
] as const;

/** What digests are made of; each has a key of its own. */
export type Purpose = (typeof PURPOSES)[number];

/** A master key, taken apart: none of these keys says anything of another (RFC 5869). */
export type MasterKey = {
  /** Names it without telling anything of it; 4 bytes. */
  readonly id: Buffer;
  /** Wraps the data keys of people. */
  readonly wrapping: Buffer;
  /** Sealed the fields of old rows. */
  readonly sealing: Buffer;
  readonly digest: (of: Purpose, text: string) => Buffer;
};

const KEY_ID_BYTES = 4;

/** @throws TypeError when it has not 32 bytes */
export function makeMasterKey(base64: string): MasterKey {
  const master = Buffer.from(base64, "base64");
  if (master.length !== KEY_BYTES) throw new TypeError("the personal data key must be 32 bytes");
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync("sha256", master, "", `comanda/auth/personal-data/${purpose}`, KEY_BYTES));
  const indexing = new Map(PURPOSES.map((purpose) => [purpose, derive(`index/${purpose}`)]));
  return {
    id: createHash("sha256").update(derive("key-id")).digest().subarray(0, KEY_ID_BYTES),
    wrapping: derive("wrap"),
    sealing: derive("seal"),
    digest: (of, text) =>
      createHmac("sha256", indexing.get(of) ?? derive(`index/${of}`))
        .update(text, "utf8")
        .digest(),
  };
}
