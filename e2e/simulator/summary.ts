import type { Outcome } from "./run-seed.ts";

/** What many seeds came to. */
export type Summary = {
  seeds: number;
  steps: number;
  orders: number;
  paid: number;
  payments: number;
  refunds: number;
  faults: Record<string, number>;
  terminals: Record<string, number>;
  calmMs: number[];
  /** The slowest of each kind, in ms; of seeds in which a clock jumped by itself. */
  late: Record<"even" | "jumped", Record<string, number>>;
  failed: Pick<Outcome, "seed" | "violations">[];
};

export function noSeeds(): Summary {
  const none = { seeds: 0, steps: 0, orders: 0, paid: 0, payments: 0, refunds: 0 };
  return { ...none, faults: {}, terminals: {}, calmMs: [], late: { even: {}, jumped: {} }, failed: [] };
}

export function addOutcome(summary: Summary, outcome: Outcome): void {
  const { seed, violations, calmMs } = outcome;
  summary.seeds += 1;
  for (const name of ["steps", "orders", "paid", "payments", "refunds"] as const) summary[name] += outcome[name];
  addCounts(summary.faults, outcome.faults);
  addCounts(summary.terminals, outcome.terminals);
  if (violations.length > 0) summary.failed.push({ seed, violations });
  else {
    summary.calmMs.push(Math.round(calmMs));
    keepSlowest(summary.late[(outcome.faults.clockJump ?? 0) > 0 ? "jumped" : "even"], outcome.late);
  }
}

function keepSlowest(slowest: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [kind, ms] of Object.entries(more)) slowest[kind] = Math.max(slowest[kind] ?? 0, ms);
}

function addCounts(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + count;
}

export function joined(summaries: readonly Summary[]): Summary {
  const all = noSeeds();
  for (const one of summaries) {
    for (const name of ["seeds", "steps", "orders", "paid", "payments", "refunds"] as const) all[name] += one[name];
    addCounts(all.faults, one.faults);
    addCounts(all.terminals, one.terminals);
    all.calmMs.push(...one.calmMs);
    for (const which of ["even", "jumped"] as const) keepSlowest(all.late[which], one.late[which]);
    all.failed.push(...one.failed);
  }
  all.failed.sort((one, other) => one.seed - other.seed);
  return all;
}

/** The command that plays one seed again, step by step. */
function replayOf(seed: number, bug: string | null): string {
  return `npm run simulate -- --seed ${seed}${bug === null ? "" : ` --bug ${bug}`} --trace`;
}

function slowest(late: Readonly<Record<string, number>>): string {
  return Object.entries(late)
    .sort(([, one], [, other]) => other - one)
    .map(([kind, ms]) => `${kind} ${Math.round(ms / 1000)} s`)
    .join(", ");
}

export function describe(summary: Summary, run: { readonly seconds: number; readonly bug: string | null }): string {
  const { seeds, steps, orders, paid, payments, refunds, failed } = summary;
  const calm = summary.calmMs.toSorted((one, other) => one - other);
  const at = (part: number) => `${Math.round((calm[Math.floor(part * (calm.length - 1))] ?? 0) / 1000)} s`;
  const listed = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
  const failures = failed.slice(0, 10).map(({ seed, violations }) => {
    const [first] = violations;
    return `seed ${seed}: ${first?.rule}: ${first?.what}\n  again: ${replayOf(seed, run.bug)}`;
  });
  return [
    ...failures,
    ...(failed.length > failures.length ? [`… and ${failed.length - failures.length} more seeds`] : []),
    `faults: ${listed(summary.faults)}`,
    `at the terminals: ${listed(summary.terminals)}`,
    `after the faults all is settled in ${at(0.5)} (median), ${at(0.99)} (99 %), ${at(1)} (longest), simulated`,
    `slowest of each kind: ${slowest(summary.late.even)}`,
    `where a clock had jumped: ${slowest(summary.late.jumped)}`,
    `simulator: ${seeds} seeds, ${steps} steps, ${orders} orders (${paid} paid), ${payments} payments, ${refunds} refunds, ${failed.length} failed, ${run.seconds.toFixed(1)} s`,
  ].join("\n");
}
