import { randomBytes } from "node:crypto";
import { type MasterKey, makeMasterKey, type Purpose } from "./master-key.ts";
import { KEY_BYTES, openBytes, sealBytes } from "./sealing.ts";

/** What of a person never stands readable in the database: personal fields, what staff prove themselves by, letters. */
export type PersonalField = "name" | "email" | "cpf" | "totp" | "pin" | "letter";

type Place = { readonly id: string; readonly field: PersonalField };

/** The data key of one person: what it sealed dies with it. */
export type PersonKey = {
  readonly seal: (field: PersonalField, text: string) => Buffer;
  /** @throws Error when the bytes were altered, moved, or sealed under another key */
  readonly open: (field: PersonalField, sealed: Buffer) => string;
};

/** Seals personal fields for the database, opens them, and makes the digests by which they are found. */
export type PersonalData = {
  /** A fresh data key for the person `id`, wrapped by the master key. */
  readonly newKey: (id: string) => Buffer;
  /** @throws PersonalDataKeyError when no living master key opens it */
  readonly keyOf: (id: string, wrapped: Buffer) => PersonKey;
  /** The same data key under the present master key: what it sealed stays as it is. */
  readonly rewrap: (id: string, wrapped: Buffer) => Buffer;
  /** Opens what was sealed by the master key itself, before people had keys of their own. */
  readonly openOld: (place: Place, sealed: Buffer) => string;
  /** Keyed digest of a normalised value; the same value gives the same digest (reliability OP-60). */
  readonly index: (of: Purpose, text: string) => Buffer;
  /** The digests that rows may still carry: one for each living master key, the present one first. */
  readonly indexes: (of: Purpose, text: string) => readonly Buffer[];
  /** Names the present master key, 4 bytes; `null` when there is none. */
  readonly masterKeyId: Buffer | null;
  /** How many master keys are alive: 1, or 2 while keys are changed. */
  readonly masterKeys: number;
};

/**
 * The personal data of somebody cannot be read or written: there is no master key, or it is not the one of the row.
 * Nothing of the request is at fault; whoever stays anonymous notices nothing (reliability F-51).
 */
export class PersonalDataKeyError extends Error {
  override readonly name = "PersonalDataKeyError";
}

// Layout. A sealed field: version, nonce (12), tag (16), ciphertext. A wrapped key: version, id of the master key (4),
// nonce, tag, key (32). The fields of old rows: version 1 and the id of the master key that sealed them.
const SEALED_BY_MASTER = 1;
const SEALED_BY_PERSON = 2;
const WRAPPED_KEY = 3;
const KEY_ID_BYTES = 4;

/**
 * Makes the vault of a master key of 32 bytes in base64, and of another one that rows may still (or already) be under
 * while keys are changed. Without a master key everything that seals, opens or digests throws, but for the digests of
 * requests and pairing codes, which are then good for this process only.
 */
export function makePersonalData(keys: {
  readonly current: string | undefined;
  readonly previous?: string | undefined;
}): PersonalData {
  const masters = [keys.current, keys.previous].flatMap((key) => (key === undefined ? [] : [makeMasterKey(key)]));
  const [current] = masters;
  const passing = makeMasterKey(randomBytes(KEY_BYTES).toString("base64"));

  function present(): MasterKey {
    if (current === undefined) throw new PersonalDataKeyError("PERSONAL_DATA_KEY is not there");
    return current;
  }
  function masterOf(sealed: Buffer, version: number): MasterKey {
    const id = sealed.subarray(1, 1 + KEY_ID_BYTES);
    const master = sealed[0] === version ? masters.find((one) => one.id.equals(id)) : undefined;
    if (master === undefined)
      throw new PersonalDataKeyError("a row was sealed under another key than PERSONAL_DATA_KEY");
    return master;
  }
  function wrap(id: string, dataKey: Uint8Array): Buffer {
    const master = present();
    return Buffer.concat([Buffer.of(WRAPPED_KEY), master.id, sealBytes(master.wrapping, placeOfKey(id), dataKey)]);
  }
  function unwrap(id: string, wrapped: Buffer): Buffer {
    const { wrapping } = masterOf(wrapped, WRAPPED_KEY);
    return openBytes(wrapping, placeOfKey(id), wrapped.subarray(1 + KEY_ID_BYTES));
  }
  // Digests of requests and pairing codes are worth something for minutes: without a key they are the process's own.
  function indexing(of: Purpose): readonly MasterKey[] {
    if (masters.length > 0) return masters;
    return of === "request" || of === "pairing" ? [passing] : [present()];
  }

  return {
    newKey: (id) => wrap(id, randomBytes(KEY_BYTES)),
    keyOf: (id, wrapped) => personKey(id, unwrap(id, wrapped)),
    rewrap: (id, wrapped) => wrap(id, unwrap(id, wrapped)),
    openOld: ({ id, field }, sealed) => {
      const { sealing } = masterOf(sealed, SEALED_BY_MASTER);
      return openBytes(sealing, `${field}/${id}`, sealed.subarray(1 + KEY_ID_BYTES)).toString("utf8");
    },
    index: (of, text) => (indexing(of)[0] ?? present()).digest(of, text),
    indexes: (of, text) => indexing(of).map((master) => master.digest(of, text)),
    masterKeyId: current?.id ?? null,
    masterKeys: masters.length,
  };
}

function personKey(id: string, key: Buffer): PersonKey {
  return {
    seal: (field, text) =>
      Buffer.concat([Buffer.of(SEALED_BY_PERSON), sealBytes(key, placeOf({ id, field }), Buffer.from(text, "utf8"))]),
    open: (field, sealed) => {
      if (sealed[0] !== SEALED_BY_PERSON) throw new Error(`the ${field} of person ${id} is sealed in an unknown way`);
      return openBytes(key, placeOf({ id, field }), sealed.subarray(1)).toString("utf8");
    },
  };
}

// The row id is part of what is authenticated: a ciphertext or a key that is moved to another row does not open.
function placeOf({ id, field }: Place): string {
  return `person/${id}/${field}`;
}
function placeOfKey(id: string): string {
  return `person/${id}/key`;
}
