import { addSeconds, type Clock } from "@comanda/primitives";

/** A clock that stands still until it is told to move. */
export interface FixedClock extends Clock {
  advanceSeconds(seconds: number): void;
  set(at: Date): void;
}

/** A clock standing at `start`: a date, or text such as `2026-03-14T15:09:26Z`. */
export function fixedClock(start: Date | string): FixedClock {
  let at = new Date(start);
  return {
    now: () => new Date(at),
    advanceSeconds(seconds) {
      at = addSeconds(at, seconds);
    },
    set(next) {
      at = new Date(next);
    },
  };
}
