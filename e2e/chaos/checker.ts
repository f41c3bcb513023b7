import { checkAnswers } from "./check-answers.ts";
import { checkLife, checkStuck } from "./check-life.ts";
import { checkMoney } from "./check-money.ts";
import type { Dump } from "./dump.ts";
import type { Entry } from "./history.ts";
import { sideOf } from "./order-side.ts";
import type { Invariant, Violation } from "./violation.ts";

/** What a run came to. */
export type Report = {
  readonly orders: number;
  readonly paid: number;
  readonly refunded: number;
  readonly unpaid: number;
  readonly kills: Readonly<Record<string, number>>;
  /** Seconds from one kill to the next, on average. */
  readonly killEveryS: number;
  /** Share of requests that were answered at the first try, and the most tries that one needed. */
  readonly firstTry: number;
  readonly triesMax: number;
  /** Share of requests answered within five tries again on the same key. */
  readonly withinFive: number;
  readonly gaveUp: number;
  readonly violations: readonly Violation[];
};

/** Judges a run by its history and its dump alone; nothing is asked of the system any more. */
export function check(history: readonly Entry[], dump: Dump): Report {
  const count = (wanted: (order: Dump["orders"][number]) => boolean) => dump.orders.filter(wanted).length;
  const requests = [...Map.groupBy(triesOf(history), ({ op, key }) => `${op} ${key}`).values()].map(triesNeeded);
  const share = (most: number) => requests.filter((tries) => tries <= most).length / Math.max(1, requests.length);
  return {
    orders: dump.orders.length,
    paid: count(({ status, payment_status: money }) => sideOf(status) === "served" && money !== "refunded"),
    refunded: count(({ payment_status: money }) => money === "refunded"),
    unpaid: count(({ status, payment_status: money }) => sideOf(status) !== "served" && money !== "refunded"),
    kills: killsOf(history),
    killEveryS: killEverySecond(history),
    firstTry: share(1),
    withinFive: share(6),
    triesMax: Math.max(0, ...requests.filter(Number.isFinite)),
    gaveUp: history.filter(({ kind }) => kind === "gave_up").length,
    violations: [...checkAnswers(history, dump), ...checkMoney(history, dump), ...checkLife(dump), ...checkStuck(dump)],
  };
}

/** The lines that a run ends with; the first names the seed that repeats it. */
export function describeReport(report: Report, seed: number): string {
  const of = (...names: Invariant[]) => report.violations.filter(({ invariant }) => names.includes(invariant)).length;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const kills = Object.entries(report.kills).map(([name, times]) => `${name} ${times}`);
  const shown = report.violations
    .slice(0, 40)
    .map(({ invariant, subject, detail }) => `  ✗ ${invariant}: ${subject}: ${detail}`);
  return [
    `chaos seed ${seed}: ${report.orders} orders, ${report.paid} paid, ${report.refunded} refunded, ${report.unpaid} unpaid; ` +
      `${of("lost_order", "placed_twice")} lost, ${of("paid_twice")} double-paid, ${of("refunded_twice", "refunded_more_than_paid")} double-refunded, ` +
      `${of("stuck")} stuck; ${report.violations.length} violations`,
    `  survived ${Object.values(report.kills).reduce((sum, times) => sum + times, 0)} kills, one every ${report.killEveryS.toFixed(1)} s (${kills.join(", ")}); ` +
      `${percent(report.firstTry)} of requests answered at the first try, ${percent(report.withinFive)} within five more, at most ${report.triesMax} tries, ${report.gaveUp} given up`,
    ...shown,
  ].join("\n");
}

/** Reading is no request that could fail somebody; what orders, pays and moves is. */
function triesOf(history: readonly Entry[]) {
  return history.filter((entry) => entry.kind === "try").filter(({ op }) => op !== "read");
}

function triesNeeded(
  tries: readonly { readonly number: number; readonly status: number | null; readonly code: string | null }[],
) {
  const answered = tries.filter(
    ({ status, code }) => status !== null && status < 500 && status !== 429 && code !== "request-in-progress",
  );
  return Math.min(...answered.map(({ number }) => number));
}

function killsOf(history: readonly Entry[]): Readonly<Record<string, number>> {
  const kills: Record<string, number> = {};
  for (const entry of history) if (entry.kind === "kill") kills[entry.process] = (kills[entry.process] ?? 0) + 1;
  return kills;
}

function killEverySecond(history: readonly Entry[]): number {
  const times = history.flatMap((entry) => (entry.kind === "kill" ? [entry.at] : []));
  const [first = 0] = times;
  return ((times.at(-1) ?? 0) - first) / 1000 / Math.max(1, times.length - 1);
}
