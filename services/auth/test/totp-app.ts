import { totpCode, totpStep } from "../src/use-cases/totp.ts";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** An authenticator app: shows the code of a secret as it was typed into it. */
export function codeOf(secretBase32: string, at: Date): string {
  const bits = [...secretBase32].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  return totpCode(Uint8Array.from(bytes), totpStep(at));
}
