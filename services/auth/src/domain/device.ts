import { type CodeForm, readReadableCode, writeReadableCode } from "./readable-code.ts";

/** What a device is for. */
export const DEVICE_KINDS = ["kiosk", "kitchen", "panel", "counter"] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

/** A totem or a screen of the shop, as the list shows it. */
export type Device = {
  readonly id: string;
  readonly kind: DeviceKind;
  readonly name: string;
  readonly createdAt: Date;
  readonly pairedAt: Date | null;
  readonly lastSeenAt: Date | null;
  /** As the device said it last. */
  readonly softwareVersion: string | null;
  readonly revokedAt: Date | null;
};

/** How long a pairing code can be used, in seconds. */
export const PAIRING_SECONDS = 600;

/** 30^8 codes are 39 bits; what bounds guessing is the ten minutes and the limit on wrong codes. */
const PAIRING_FORM: CodeForm = { length: 8 };

/** Writes a pairing code from 16 random bytes or more. @throws TypeError when there are fewer */
export function pairingCodeOf(random: Uint8Array): string {
  return writeReadableCode(random, PAIRING_FORM);
}

/** Reads a pairing code as people type it; `null` when it is none. */
export function readPairingCode(text: string): string | null {
  return readReadableCode(text, PAIRING_FORM);
}

/** How many wrong codes may be tried, as a vessel that fills with each and empties with time. */
export type WrongCodes = { readonly level: number; readonly at: Date };

type Vessel = { readonly atOnce: number; readonly perSecond: number };

/** Of all callers together, for an attacker changes address at will: 330 in the life of a code, of 656 billion. */
const ALL_WRONG_CODES: Vessel = { atOnce: 30, perSecond: 0.5 };

/** Of one address: a fifth of what runs out of the common vessel, so that one alone never keeps that full. */
export const WRONG_CODES_OF_ADDRESS: Vessel = { atOnce: 20, perSecond: 0.1 };

/** What is in the vessel at `now`. */
export function drainWrongCodes(wrong: WrongCodes, now: Date, { perSecond }: Vessel = ALL_WRONG_CODES): WrongCodes {
  const seconds = Math.max(0, (now.getTime() - wrong.at.getTime()) / 1000);
  return { level: Math.max(0, wrong.level - seconds * perSecond), at: now };
}

/** Whether another code may be looked at. */
export function mayTryCode(wrong: WrongCodes, { atOnce }: Vessel = ALL_WRONG_CODES): boolean {
  return wrong.level < atOnce;
}
