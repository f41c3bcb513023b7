import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

// What every authenticator app understands (RFC 6238 §4; Key URI Format).
const STEP_S = 30;
const DIGITS = 6;
const SECRET_BYTES = 20;
/** Clocks of phones differ: the step before and the one after are good too (RFC 6238 §5.2). */
const STEPS_AROUND = [0, -1, 1] as const;

/** A fresh secret: as long as the output of the hash, which RFC 4226 §4 recommends. */
export function newTotpSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** The number of the half minute that `at` lies in. */
export function totpStep(at: Date): number {
  return Math.floor(at.getTime() / 1000 / STEP_S);
}

/** The code of one step (RFC 4226 §5.3). */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", secret).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0x0f;
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, "0");
}

/** The step that `code` is of, when it is of now, a little before or a little after. */
export function findTotpStep(secret: Uint8Array, code: string, now: Date): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const given = Buffer.from(code, "ascii");
  const step = STEPS_AROUND.map((around) => totpStep(now) + around).find((candidate) =>
    timingSafeEqual(Buffer.from(totpCode(secret, candidate), "ascii"), given),
  );
  return step ?? null;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 §6, without padding: how authenticator apps take a secret. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, "0"), 2)]).join("");
}

/** What an authenticator app reads from the QR code. */
export function totpUri(secret: Uint8Array, options: { readonly issuer: string; readonly account: string }): string {
  const issuer = encodeURIComponent(options.issuer);
  const label = `${issuer}:${encodeURIComponent(options.account)}`;
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${issuer}&algorithm=SHA1&digits=6&period=30`;
}
