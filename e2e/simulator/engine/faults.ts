import type { Dice } from "../../chaos/dice.ts";

/** What may go wrong, each with its probability where it may; all 0 once the faults stop. */
export type FaultRates = {
  /** A statement never reached its database. */
  readonly statementLost: number;
  /** A statement took effect and its answer was lost: the writer knows nothing. */
  readonly commitUnanswered: number;
  /** The process dies right before an effect, or right after it. */
  readonly crash: number;
  readonly requestLost: number;
  readonly answerLost: number;
  /** A batch of events is delivered once more, later. */
  readonly eventsTwice: number;
  /** An answer takes far longer than usual. */
  readonly slow: number;
  readonly providerAway: number;
  readonly providerTimeoutBefore: number;
  readonly providerTimeoutAfter: number;
  /** 409, 423, 429 and the like: the provider says "not now". */
  readonly providerBusy: number;
  readonly refundFails: number;
  readonly noticeLost: number;
  readonly noticeTwice: number;
  readonly noticeLate: number;
  readonly noticeForged: number;
};

export type FaultName = keyof FaultRates | "clockJump" | "partition" | "slowRelay" | "crashOfAll";

export type Faults = {
  /** Throws the dice for one fault; counts it when it strikes. */
  readonly strikes: (name: keyof FaultRates) => boolean;
  readonly count: (name: FaultName) => void;
  readonly counts: () => Readonly<Partial<Record<FaultName, number>>>;
  /** From here on nothing goes wrong any more. */
  readonly stop: () => void;
  readonly areOver: () => boolean;
};

export function makeFaults(rates: FaultRates, dice: Dice): Faults {
  const counts: Partial<Record<FaultName, number>> = {};
  let areOver = false;
  const count = (name: FaultName) => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  return {
    strikes: (name) => {
      const rate = rates[name];
      if (areOver || rate === 0 || !dice.chance(rate)) return false;
      count(name);
      return true;
    },
    count,
    counts: () => counts,
    stop: () => {
      areOver = true;
    },
    areOver: () => areOver,
  };
}

/** Each seed has a weather of its own: some faults often, some never, so that single causes show by themselves. */
export function drawRates(dice: Dice): FaultRates {
  const some = (most: number) => (dice.chance(0.5) ? 0 : most * dice.next());
  const isQuiet = dice.chance(0.1);
  const rate = (most: number) => (isQuiet ? 0 : some(most));
  return {
    statementLost: rate(0.05),
    commitUnanswered: rate(0.05),
    crash: rate(0.01),
    requestLost: rate(0.15),
    answerLost: rate(0.15),
    eventsTwice: rate(0.3),
    slow: rate(0.1),
    providerAway: rate(0.2),
    providerTimeoutBefore: rate(0.15),
    providerTimeoutAfter: rate(0.2),
    providerBusy: rate(0.1),
    refundFails: rate(0.3),
    noticeLost: dice.chance(0.15) ? 1 : rate(0.5),
    noticeTwice: rate(0.4),
    noticeLate: rate(0.4),
    noticeForged: rate(0.3),
  };
}
