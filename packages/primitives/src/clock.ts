/** What time it is, given as an argument so that rules about time can be tested without waiting. */
export type Clock = { readonly now: () => Date };

/** The computer's own clock. */
export const systemClock: Clock = { now: () => new Date() };

/** `at` moved by `seconds` (negative: into the past). */
export function addSeconds(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
