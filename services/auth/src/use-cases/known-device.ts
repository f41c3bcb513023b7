import { randomBytes, timingSafeEqual } from "node:crypto";
import { addSeconds, type Clock } from "@comanda/primitives";
import type { PersonalData } from "../storage/personal-data.ts";

/** For how long a device is known without its owner having signed in from it, in seconds. */
export const KNOWN_DEVICE_SECONDS = 90 * 86_400;

/**
 * Marks for devices that somebody has signed in from. Whoever brings one has their wrong passwords counted apart, so that
 * strangers who fail by the thousand cannot keep the person themselves out (reliability AU-33). It opens nothing.
 */
export type KnownDevices = {
  /** A fresh mark for a device of this person. */
  readonly mark: (personId: string) => string;
  /** What tells this device from others of the person, when the mark is one of ours for them and not too old. */
  readonly read: (mark: string | undefined, personId: string) => string | null;
};

/** Makes marks of the form `<nonce>.<end, in seconds>.<digest>`: nothing is stored, and the owner is not readable. */
export function makeKnownDevices(personalData: PersonalData, clock: Clock): KnownDevices {
  const signatures = (nonce: string, endS: string, personId: string) =>
    personalData.indexes("known-device", JSON.stringify([nonce, endS, personId]));

  return {
    mark: (personId) => {
      const nonce = randomBytes(16).toString("base64url");
      const endS = String(Math.floor(addSeconds(clock.now(), KNOWN_DEVICE_SECONDS).getTime() / 1000));
      const signature = personalData.index("known-device", JSON.stringify([nonce, endS, personId]));
      return `${nonce}.${endS}.${signature.toString("base64url")}`;
    },
    read: (mark, personId) => {
      const [, nonce, endS, given] = /^([\w-]{22})\.(\d{1,12})\.([\w-]{43})$/.exec(mark ?? "") ?? [];
      if (nonce === undefined || endS === undefined || given === undefined) return null;
      if (Number(endS) * 1000 <= clock.now().getTime()) return null;
      const bytes = Buffer.from(given, "base64url");
      return signatures(nonce, endS, personId).some((right) => timingSafeEqual(right, bytes)) ? nonce : null;
    },
  };
}
