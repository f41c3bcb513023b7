import { createHash, hkdfSync } from "node:crypto";
import { sealBytes } from "../src/storage/sealing.ts";

/** Seals a field as rows had it before people had keys of their own: under the master key, with its id in front. */
export function sealAsBefore(masterBase64: string, place: { id: string; field: string }, text: string): Buffer {
  const derive = (purpose: string) =>
    Buffer.from(
      hkdfSync("sha256", Buffer.from(masterBase64, "base64"), "", `comanda/auth/personal-data/${purpose}`, 32),
    );
  const keyId = createHash("sha256").update(derive("key-id")).digest().subarray(0, 4);
  const sealed = sealBytes(derive("seal"), `${place.field}/${place.id}`, Buffer.from(text, "utf8"));
  return Buffer.concat([Buffer.of(1), keyId, sealed]);
}
