import { type Dice, makeDice } from "./dice.ts";

type Method = "qr" | "link" | "counter";

/** What a guest does about paying. */
type Story =
  | "pays"
  | "calls_off"
  | "pays_while_calling_off"
  | "pays_at_the_last_second"
  | "pays_after_expiry"
  | "walks_away"
  | "pays_twice"
  | "is_refused_first";

/** What becomes of a paid order. */
type Afterwards = "stays" | "is_served" | "staff_cancels" | "guest_cancels" | "kitchen_rejects" | "is_refunded";

/** One guest's visit, decided before it begins. */
export type Plan = {
  readonly guest: number;
  readonly method: Method;
  readonly story: Story;
  readonly afterwards: Afterwards;
  /** Index of a plain product of the menu, and how many. */
  readonly lines: readonly { readonly product: number; readonly quantity: number }[];
  /** Sends the order once more, with the same key, though it was answered. */
  readonly repeatsItself: boolean;
  /** How long the guest looks at the screen before acting, ms. */
  readonly pauseMs: number;
};

const METHODS = { qr: 70, link: 15, counter: 15 };
const STORIES = { pays: 58, calls_off: 9, pays_while_calling_off: 9, pays_twice: 12, is_refused_first: 12 };
/** These wait for a clock, so that only the first guests do it: the run need not be longer for them. */
const WAITING = { pays_at_the_last_second: 6, pays_after_expiry: 5, walks_away: 4 };
const WAITING_SHARE = 0.4;
const AT_COUNTER = { pays: 85, calls_off: 15 };
const AFTERWARDS = {
  stays: 35,
  is_served: 35,
  staff_cancels: 10,
  guest_cancels: 8,
  kitchen_rejects: 6,
  is_refunded: 6,
};

/** The visits of a run; the same seed gives the same. */
export function planVisits(options: { readonly seed: number; readonly orders: number }): readonly Plan[] {
  const { seed, orders } = options;
  return Array.from({ length: orders }, (_, guest) => {
    const mayWait = guest < orders * WAITING_SHARE;
    return planVisit(makeDice(seed, `guest ${guest}`), { guest, mayWait });
  });
}

function planVisit(dice: Dice, { guest, mayWait }: { guest: number; mayWait: boolean }): Plan {
  const method = dice.weigh(METHODS);
  const stories = mayWait ? { ...STORIES, ...WAITING } : STORIES;
  return {
    guest,
    method,
    story: method === "counter" ? dice.weigh(AT_COUNTER) : dice.weigh<Story>(stories as Record<Story, number>), // the absent ones weigh nothing
    afterwards: dice.weigh(AFTERWARDS),
    lines: [0, 1].slice(0, dice.between(1, 2)).map((product) => ({ product, quantity: dice.between(1, 3) })),
    repeatsItself: dice.chance(0.1),
    pauseMs: dice.between(0, 1_500),
  };
}
