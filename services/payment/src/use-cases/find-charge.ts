import { type Id, idTimeMs } from "@comanda/primitives";
import type { Charge } from "../domain/charge.ts";
import type { ChargeDesk } from "./charge-desk.ts";

const YOUNG_MS = 10_000;
const POLL_MS = 250;
/** 2 s in all. */
const POLLS_MAX = 8;
/** Somebody who invents young ids must not fill the house with waiting requests, nor keep others from waiting. */
const WAITING_MAX = { house: 100, guests: 100, guest: 5 } as const;

/** Who looks for a charge; `guestId` is null for staff and services, who see all of them. */
export type Seeker = { readonly guestId: string | null; readonly sees: (charge: Charge) => boolean };

/** The house: staff and services. */
export const HOUSE: Seeker = { guestId: null, sees: () => true };

export type FindCharge = (id: Id, seeker: Seeker) => Promise<Charge | null>;

/**
 * Finds a charge that was perhaps only announced: the order tells its guest the id at once, the charge itself follows
 * within moments. For an id that was made in the last 10 s it is waited up to 2 s. A charge that the seeker may not see
 * is waited for like one that is not there: how long the answer takes must not tell the two apart (reliability OR-14).
 */
export function makeFindCharge(desk: Pick<ChargeDesk, "store" | "clock">): FindCharge {
  const waiting = new Map<string, number>();

  async function look(id: Id, { sees }: Seeker): Promise<Charge | null> {
    const charge = await desk.store.get(id);
    return charge !== null && sees(charge) ? charge : null;
  }

  async function lookAgain(id: Id, seeker: Seeker): Promise<Charge | null> {
    for (let polls = 0; polls < POLLS_MAX; polls += 1) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const charge = await look(id, seeker);
      if (charge !== null) return charge;
    }
    return null;
  }

  return async function findCharge(id, seeker) {
    const charge = await look(id, seeker);
    if (charge !== null) return charge;
    const ageMs = desk.clock.now().getTime() - idTimeMs(id);
    const rooms = roomsOf(seeker);
    const isFull = rooms.some(({ name, max }) => (waiting.get(name) ?? 0) >= max);
    if (!(Math.abs(ageMs) < YOUNG_MS) || isFull) return null;
    for (const { name } of rooms) waiting.set(name, (waiting.get(name) ?? 0) + 1);
    try {
      return await lookAgain(id, seeker);
    } finally {
      for (const { name } of rooms) leave(waiting, name);
    }
  };
}

type Room = { readonly name: string; readonly max: number };

/** Where somebody waits: the house apart from the guests, each of whom has a few places only. */
function roomsOf({ guestId }: Seeker): readonly Room[] {
  if (guestId === null) return [{ name: "house", max: WAITING_MAX.house }];
  return [
    { name: "guests", max: WAITING_MAX.guests },
    { name: `guest ${guestId}`, max: WAITING_MAX.guest },
  ];
}

function leave(waiting: Map<string, number>, name: string): void {
  const left = (waiting.get(name) ?? 1) - 1;
  if (left === 0) waiting.delete(name);
  else waiting.set(name, left);
}
