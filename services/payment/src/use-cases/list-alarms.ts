import { addSeconds, type Cents, type Clock, type Id } from "@comanda/primitives";
import type { Charge } from "../domain/charge.ts";
import type { Reconciliation } from "../domain/reconciliation.ts";
import { type WorryCode, worriesOf } from "../domain/worries.ts";
import type { PaymentStore } from "../storage/charge-store.ts";
import type { TallyKind } from "../storage/tally-store.ts";
import { HEARD_AFTER_S, LATE_AFTER_S, latestByDay, RUNS_MAX } from "./read-figures.ts";

/** What calls for a person. */
export type AlarmCode =
  | WorryCode
  | "paid-not-in-kitchen"
  | "events-unsent"
  | "events-parked"
  | "money-unreconciled"
  | "reconciliation-failed"
  | "reconciliation-late"
  | "charge-unreadable"
  | "provider-away"
  | "provider-credentials"
  | "provider-certificate"
  | "notices-refused"
  | "other-seller";

/** One thing that calls for a person, and what to open; ids are `null` where it is about none. */
export type Alarm = {
  readonly code: AlarmCode;
  readonly since: Date;
  /** How much hangs on it; `null` where that is not known. */
  readonly amountCents: Cents | null;
  /** How many of it there are; 1 unless it sums something up. */
  readonly count: number;
  readonly paymentId: Id | null;
  readonly orderId: Id | null;
  readonly refundId: Id | null;
  readonly eventId: Id | null;
  readonly reconciliationId: Id | null;
  /** What else its words need: a day, a reason, the provider's id. */
  readonly about: string | null;
};

/** What the list is made from. */
export type AlarmSources = {
  readonly store: PaymentStore;
  readonly clock: Clock;
  /** How this process and the provider stand with each other. */
  readonly standing: () => {
    readonly awaySince: Date | null;
    readonly barrier: { readonly why: "credentials" | "certificate"; readonly since: Date } | null;
  };
};

/** So many of each kind are looked at: who has more has one trouble, not thousands. */
const EACH_MAX = 500;
const PARKED_MAX = 100;
const AWAY_AFTER_S = 30;
const DAY_S = 86_400;
/** How long a count stays on the list after its last one, in seconds. */
const TALLIES = {
  refused: { code: "notices-refused", shownForS: DAY_S },
  "other-seller": { code: "other-seller", shownForS: DAY_S },
  "fraud-alert": { code: "fraud-alert", shownForS: 7 * DAY_S },
} as const satisfies Readonly<Record<TallyKind, { readonly code: AlarmCode; readonly shownForS: number }>>;

/** Everything that calls for a person now, in no order. Each part is read from an index, and at most so much of it. */
export async function listAlarms({ store, clock, standing }: AlarmSources): Promise<readonly Alarm[]> {
  const now = clock.now();
  const lists = await Promise.all([
    unheard(store, now),
    troubled(store, now),
    unsent(store, now),
    parked(store),
    unreconciled(store, now),
    unreadable(store, now),
    counted(store, now),
  ]);
  return [...lists.flat(), ...ofProvider(standing(), now)];
}

function alarm(code: AlarmCode, since: Date, more: Partial<Alarm> = {}): Alarm {
  return {
    code,
    since,
    amountCents: null,
    count: 1,
    paymentId: null,
    orderId: null,
    refundId: null,
    eventId: null,
    reconciliationId: null,
    about: null,
    ...more,
  };
}

function idsOf({ id: paymentId, orderId }: Charge): Pick<Alarm, "paymentId" | "orderId"> {
  return { paymentId, orderId };
}

async function unheard(store: PaymentStore, now: Date): Promise<readonly Alarm[]> {
  const before = addSeconds(now, -HEARD_AFTER_S);
  const waiting = await store.trouble.listUnsent({ type: "comanda.payment.approved", before, limit: EACH_MAX });
  return waiting.map(({ charge, eventId, since }) =>
    alarm("paid-not-in-kitchen", since, { ...idsOf(charge), eventId, amountCents: charge.amountCents }),
  );
}

async function troubled(store: PaymentStore, now: Date): Promise<readonly Alarm[]> {
  const charges = await store.trouble.listTroubled({ limit: EACH_MAX });
  return charges.flatMap((charge) =>
    worriesOf(charge, now).map(({ code, since, amountCents, refundId }) =>
      alarm(code, since, { ...idsOf(charge), amountCents, refundId }),
    ),
  );
}

async function unsent({ trouble }: PaymentStore, now: Date): Promise<readonly Alarm[]> {
  const since = await trouble.oldestUnsentAt();
  return since !== null && since < addSeconds(now, -HEARD_AFTER_S) ? [alarm("events-unsent", since)] : [];
}

async function parked({ outbox }: PaymentStore): Promise<readonly Alarm[]> {
  return (await outbox.listParked(PARKED_MAX)).map(({ id: eventId, subject: paymentId, parkedAt, reason }) =>
    alarm("events-parked", parkedAt, { eventId, paymentId, about: reason }),
  );
}

async function unreconciled({ reconciliations }: PaymentStore, now: Date): Promise<readonly Alarm[]> {
  const runs = await reconciliations.list({ limit: RUNS_MAX });
  const done = latestByDay(runs);
  const found = done.flatMap(({ id: reconciliationId, day: about, finishedAt, requestedAt, summary }) => {
    const count = summary === null ? 0 : summary.open + summary.unread;
    const since = finishedAt ?? requestedAt;
    const amountCents = summary?.openCents ?? null;
    return count === 0 ? [] : [alarm("money-unreconciled", since, { reconciliationId, about, count, amountCents })];
  });
  const failed = runs.filter((run) => run.status === "failed" && isLastWord(run, runs));
  const failures = failed.map(({ id: reconciliationId, day: about, finishedAt, requestedAt }) =>
    alarm("reconciliation-failed", finishedAt ?? requestedAt, { reconciliationId, about }),
  );
  const last = Math.max(...done.map(({ finishedAt }) => finishedAt?.getTime() ?? 0));
  const isLate = done.length > 0 && last < addSeconds(now, -LATE_AFTER_S).getTime();
  return [...found, ...failures, ...(isLate ? [alarm("reconciliation-late", new Date(last))] : [])];
}

/** Nobody has asked for that day again since. */
function isLastWord(run: Reconciliation, runs: readonly Reconciliation[]): boolean {
  return runs.find(({ day }) => day === run.day) === run;
}

async function unreadable({ upgrades }: PaymentStore, now: Date): Promise<readonly Alarm[]> {
  const pass = await upgrades.pass(now);
  return pass.unreadable.map((paymentId) => alarm("charge-unreadable", pass.doneAt ?? pass.since, { paymentId }));
}

/** One line for each kind, however many days it spans. */
async function counted({ tallies }: PaymentStore, now: Date): Promise<readonly Alarm[]> {
  const all = await tallies.list({ since: addSeconds(now, -7 * DAY_S) });
  return Object.entries(TALLIES).flatMap(([kind, { code, shownForS }]) => {
    const recent = all.filter((tally) => tally.kind === kind && tally.lastAt >= addSeconds(now, -shownForS));
    const [newest] = recent;
    const oldest = recent.at(-1);
    if (newest === undefined || oldest === undefined) return [];
    const count = recent.reduce((sum, tally) => sum + tally.count, 0);
    return [alarm(code, oldest.firstAt, { count, about: newest.resource })];
  });
}

function ofProvider({ awaySince, barrier }: ReturnType<AlarmSources["standing"]>, now: Date): readonly Alarm[] {
  const isAway = awaySince !== null && awaySince <= addSeconds(now, -AWAY_AFTER_S);
  return [
    ...(isAway ? [alarm("provider-away", awaySince)] : []),
    ...(barrier === null ? [] : [alarm(`provider-${barrier.why}`, barrier.since)]),
  ];
}
