import type { DeviceKind } from "./device.ts";
import type { StaffRole } from "./person.ts";

/** What can be wrong with a new PIN. */
export type PinFault = "pin-digits" | "pin-easy";

/** Judges a new PIN: four to six digits, and not one of those that everybody tries first. */
export function faultOfPin(pin: string): PinFault | null {
  if (!/^\d{4,6}$/.test(pin)) return "pin-digits";
  return isEasy(pin) ? "pin-easy" : null;
}

/** All alike, a run up or down, a half twice (1212, 123123), a year somebody may be born in, the middle of the keys. */
function isEasy(pin: string): boolean {
  const digits = [...pin].map(Number);
  const steps = new Set(digits.slice(1).map((digit, at) => (digit - (digits[at] ?? 0) + 10) % 10));
  const isRun = steps.size === 1 && [0, 1, 9].includes([...steps][0] ?? -1);
  const half = pin.slice(0, pin.length / 2);
  const isYear = /^(?:19[3-9]\d|20[0-3]\d)$/.test(pin);
  return isRun || isYear || half.repeat(2) === pin || pin === "2580" || pin === "0852";
}

/** Wrong tries of one PIN, at whatever screen. */
export type PinGuesses = {
  /** Since the last right one. */
  readonly inARow: number;
  /** Right ones between or not: who guesses while its owner works has them between. */
  readonly inAll: number;
  /** When the first of them came; `null` where there is none. */
  readonly since: Date | null;
};

const IN_A_ROW_MAX = 20;
// A few for each day of work.
const IN_ALL_MAX = 100;
const WINDOW_MS = 30 * 86_400_000;

/** What stands after one more wrong try. */
export function afterWrongPin({ inARow, inAll, since }: PinGuesses, now: Date): PinGuesses {
  const isForgotten = since === null || now.getTime() - since.getTime() >= WINDOW_MS;
  return isForgotten ? { inARow: 1, inAll: 1, since: now } : { inARow: inARow + 1, inAll: inAll + 1, since };
}

/**
 * Whether a PIN is over: of ten thousand, twenty tries find one in five hundred. Nobody is locked out by it, for a PIN
 * opens nothing that the password does not, and with the password its owner sets another.
 */
export function isGuessedAway({ inARow, inAll }: PinGuesses): boolean {
  return inARow >= IN_A_ROW_MAX || inAll >= IN_ALL_MAX;
}

/** The most that somebody can do who typed a PIN there; other devices take none. */
export const PIN_ROLES = { counter: "cashier", kitchen: "kitchen" } as const satisfies Partial<
  Record<DeviceKind, StaffRole>
>;

/** The most that a PIN is good for at a device of this kind; `null` where none is taken. */
export function pinRoleAt(kind: DeviceKind | null): StaffRole | null {
  return kind === "counter" || kind === "kitchen" ? PIN_ROLES[kind] : null;
}
