import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";

/** The personal fields that never stand readable in the database. */
type PersonalField = "email" | "cpf";

/** Seals personal fields for the database, opens them, and makes the digests by which they are found. */
export type PersonalData = {
  /** Ciphertext bound to its row and field: moved to another place it does not open. */
  readonly seal: (place: Place, text: string) => Buffer;
  /** @throws Error when the bytes were altered, moved, or sealed under another key */
  readonly open: (place: Place, sealed: Buffer) => string;
  /** Keyed digest of a normalised value; the same value gives the same digest (reliability OP-60). */
  readonly index: (of: PersonalField | "request" | "pairing", text: string) => Buffer;
};

type Place = { readonly id: string; readonly field: PersonalField };

// Layout of a sealed value: version (1 byte), id of the key (4), nonce (12), tag (16), ciphertext. The version leaves
// room for other schemes beside this one while old rows are still read.
const VERSION = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NONCE_AT = 1 + KEY_ID_BYTES;
const TAG_AT = NONCE_AT + NONCE_BYTES;
const TEXT_AT = TAG_AT + TAG_BYTES;

/** Makes the vault of one master key of 32 bytes, in base64; each purpose gets its own key from it (RFC 5869). */
export function makePersonalData(masterKeyBase64: string): PersonalData {
  const master = Buffer.from(masterKeyBase64, "base64");
  if (master.length !== 32) throw new TypeError("the personal data key must be 32 bytes");
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync("sha256", master, "", `comanda/auth/personal-data/${purpose}`, 32));
  const sealing = derive("seal");
  const indexing = {
    email: derive("index/email"),
    cpf: derive("index/cpf"),
    request: derive("index/request"),
    pairing: derive("index/pairing"),
  };
  const keyId = createHash("sha256").update(derive("key-id")).digest().subarray(0, KEY_ID_BYTES);

  return {
    seal: (place, text) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", sealing, nonce).setAAD(boundTo(place));
      const hidden = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), keyId, nonce, cipher.getAuthTag(), hidden]);
    },
    open: (place, sealed) => {
      if (sealed[0] !== VERSION || !sealed.subarray(1, NONCE_AT).equals(keyId)) {
        throw new Error(`the ${place.field} of a row was sealed under another key than PERSONAL_DATA_KEY`);
      }
      const nonce = sealed.subarray(NONCE_AT, TAG_AT);
      const decipher = createDecipheriv("aes-256-gcm", sealing, nonce, { authTagLength: TAG_BYTES })
        .setAAD(boundTo(place))
        .setAuthTag(sealed.subarray(TAG_AT, TEXT_AT));
      return decipher.update(sealed.subarray(TEXT_AT), undefined, "utf8") + decipher.final("utf8");
    },
    index: (of, text) => createHmac("sha256", indexing[of]).update(text, "utf8").digest(),
  };
}

function boundTo(place: Place): Buffer {
  return Buffer.from(`${place.field}/${place.id}`, "utf8");
}
