import type { Notice } from "../storage/charge-store.ts";
import type { NoticeWorkers } from "./receive-notice.ts";
import { NOTICE_LEASE_MS, NOTICES_PER_ROUND, type NoticeDesk, workOff } from "./work-notices.ts";

/**
 * Notices that this process stored as its own: it knows them already, so nobody asks the store for them, and nobody
 * else takes them while their lease lasts. What it does not get to, whoever claims next finds in the store.
 */
export type NoticesInHand = Pick<NoticeWorkers, "leaseMs" | "take"> & {
  /**
   * Works off what is in hand.
   * @returns how many were worked on
   */
  readonly work: () => Promise<number>;
  /** From now on notices are taken: somebody works them off. */
  readonly open: () => void;
  /** Takes nothing more, and puts back what is in hand, for whoever comes next. */
  readonly letGo: () => Promise<void>;
};

/** More are worked off no sooner than by whoever claims them from the store. */
const IN_HAND_MAX = 1_000;
/** For how long a busy process lets more come before it works them off: fewer, fuller statements settle them. */
const LINGER_MS = 10;

/** Makes empty hands, not yet open. */
export function makeNoticesInHand(desk: NoticeDesk): NoticesInHand {
  let inHand: Notice[] = [];
  let isOpen = false;
  let wasBusy = false;
  return {
    leaseMs: () => (isOpen && inHand.length < IN_HAND_MAX ? NOTICE_LEASE_MS : 0),
    take: (notice) => {
      inHand.push(notice);
    },
    work: async () => {
      // The first one after a quiet moment waits for nobody.
      if (wasBusy && inHand.length < NOTICES_PER_ROUND) await desk.pause(LINGER_MS);
      const taken = inHand.splice(0, NOTICES_PER_ROUND);
      wasBusy = taken.length > 0;
      const now = desk.clock.now().getTime();
      // With the provider slow, a lease may be nearly over by now: then it is another's, and ours no more.
      const ours = taken.filter(({ receivedAt }) => now - receivedAt.getTime() < NOTICE_LEASE_MS / 2);
      await workOff(desk, ours);
      return taken.length;
    },
    open: () => {
      isOpen = true;
    },
    letGo: async () => {
      isOpen = false;
      const left = inHand;
      inHand = [];
      await Promise.all(left.map(({ id }) => desk.store.notices.settle(id, 0)));
    },
  };
}
