import type { Dump } from "./dump.ts";
import type { Entry, OrderSeen, Try } from "./history.ts";
import type { Violation } from "./violation.ts";

/** Invariants I1, I5, I6: what clients were told holds, the same key is told the same, versions rise by one. */
export function checkAnswers(history: readonly Entry[], dump: Dump): readonly Violation[] {
  const tries = history.filter((entry) => entry.kind === "try");
  return [
    ...checkPlaced(tries, dump),
    ...checkRepeats(tries),
    ...checkErrors(tries),
    ...checkVersions(tries),
    ...checkReads(tries),
  ];
}

function checkPlaced(tries: readonly Try[], { orders }: Dump): readonly Violation[] {
  const stored = new Map(orders.map((order) => [order.id, order]));
  const lost = tries.flatMap(({ op, status, seen }): Violation[] => {
    if (op !== "place" || status !== 201 || seen === null) return [];
    const now = stored.get(seen.id);
    if (now === undefined) return [{ invariant: "lost_order", subject: seen.id, detail: "promised, and not there" }];
    const isSame = linesOf(now) === linesOf(seen);
    return isSame ? [] : [{ invariant: "lost_order", subject: seen.id, detail: "its lines or its total are others" }];
  });
  const twice = [...Map.groupBy(orders, (order) => order.customer_name ?? order.id)]
    .filter(([, same]) => same.length > 1)
    .map(([name, same]): Violation => {
      return { invariant: "placed_twice", subject: name, detail: same.map(({ id }) => id).join(" ") };
    });
  return [...new Map([...lost, ...twice].map((violation) => [violation.subject, violation])).values()];
}

function linesOf(order: OrderSeen): string {
  const lines = order.items.map((item) => [item.product_id, item.quantity, item.total_cents]);
  return JSON.stringify([order.number, order.total_cents, lines]);
}

function checkRepeats(tries: readonly Try[]): readonly Violation[] {
  const done = tries.filter(({ isKeyed, status }) => isKeyed && status !== null && status < 300);
  return [...Map.groupBy(done, ({ op, key }) => `${op} ${key}`)]
    .filter(([, same]) => new Set(same.map(({ status, digest }) => `${status} ${digest}`)).size > 1)
    .map(([subject]) => ({ invariant: "answers_differ", subject, detail: "one key, two answers" }));
}

/** Whatever dies behind a service, it says 503; a 500 is a mistake of ours (reliability F-05). */
function checkErrors(tries: readonly Try[]): readonly Violation[] {
  return tries
    .filter(({ status }) => status === 500)
    .map(({ op, order, key }) => ({ invariant: "server_error", subject: `${op} ${order ?? key}`, detail: "500" }));
}

function checkVersions(tries: readonly Try[]): readonly Violation[] {
  const jumps = tries.flatMap(({ op, status, expected, seen }): Violation[] => {
    if (expected === null || status !== 200 || seen === null || seen.version === expected + 1) return [];
    return [{ invariant: "version_jump", subject: seen.id, detail: `${op}: from ${expected} to ${seen.version}` }];
  });
  const seen = tries.flatMap((one) => (one.seen === null ? [] : [one.seen]));
  const doubles = [...Map.groupBy(seen, ({ id, version }) => `${id} at version ${version}`)]
    .filter(([, same]) => new Set(same.map((order) => `${order.status} ${order.payment_status}`)).size > 1)
    .map(([subject]): Violation => ({ invariant: "version_jump", subject, detail: "one version, two states" }));
  return [...jumps, ...doubles];
}

/** Of two reads, one begun after the other had ended, the later never shows the older order. */
function checkReads(tries: readonly Try[]): readonly Violation[] {
  const reads = tries.filter(({ op, seen }) => op === "read" && seen !== null);
  return [...Map.groupBy(reads, ({ order }) => order)].flatMap(([order, own]) => {
    const byEnd = own.toSorted((one, other) => one.endedAt - other.endedAt);
    let newest = 0;
    let ended = 0;
    for (const read of own.toSorted((one, other) => one.startedAt - other.startedAt)) {
      for (let next = byEnd[ended]; next !== undefined && next.endedAt < read.startedAt; next = byEnd[++ended]) {
        newest = Math.max(newest, next.seen?.version ?? 0);
      }
      const version = read.seen?.version ?? 0;
      if (version < newest) {
        const detail = `version ${version} was read after ${newest}`;
        return [{ invariant: "version_jump", subject: order ?? "", detail } satisfies Violation];
      }
    }
    return [];
  });
}
