import { generateKeyPairSync, sign } from "node:crypto";

const ED25519 = tlv(0x30, Buffer.from("06032b6570", "hex"));

/** A certificate that nobody vouches for, made anew for each test (X.509 v1, Ed25519), with its key, both in PEM. */
export function selfSigned(host: string): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const name = tlv(0x30, tlv(0x31, tlv(0x30, Buffer.from("0603550403", "hex"), tlv(0x0c, Buffer.from(host)))));
  const validity = tlv(0x30, utcTime(-86_400_000), utcTime(86_400_000));
  const serial = tlv(0x02, Buffer.from([1]));
  const spki = publicKey.export({ type: "spki", format: "der" });
  const unsigned = tlv(0x30, serial, ED25519, name, validity, name, spki);
  const signature = tlv(0x03, Buffer.from([0]), sign(null, unsigned, privateKey));
  const der = tlv(0x30, unsigned, ED25519, signature);
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** One value in DER. */
function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function utcTime(fromNowMs: number): Buffer {
  const text = new Date(Date.now() + fromNowMs).toISOString().replace(/\D/g, "").slice(2, 14);
  return tlv(0x17, Buffer.from(`${text}Z`));
}
