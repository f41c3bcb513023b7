import type { OrderStatus } from "@comanda/contracts";
import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import type { Actor, Change, LineStatus, Order, OrderLine } from "./order.ts";
import { changeStatus, type StatusRefusal } from "./transitions.ts";

/** What a station may do with a line next. Back to `queued` undoes a start; out of `done` calls a finished line back. */
export const LINE_STEPS: Readonly<Record<LineStatus, readonly LineStatus[]>> = {
  queued: ["started", "done", "refused"],
  started: ["done", "queued", "refused"],
  done: ["started"],
  refused: ["queued"],
};

/** Lines are the kitchen's from the moment the order is paid until it is handed over. */
const IN_THE_KITCHEN: readonly OrderStatus[] = ["paid", "preparing", "ready_for_pickup"];

export type LineStepRefusal =
  | StatusRefusal
  | { readonly code: "line-unknown" }
  | {
      readonly code: "illegal-line-step";
      readonly from: LineStatus;
      readonly to: LineStatus;
      readonly allowed: readonly LineStatus[];
    };

export type LineStep = {
  readonly lineId: Id;
  readonly to: LineStatus;
  readonly actor: Actor;
  readonly reason?: string | undefined;
  readonly expectedVersion?: number | undefined;
  readonly now: Date;
};

/** Moves one line, and the order with it when its lines say so. `null`: the line is there already. */
export function changeLine(before: Order, step: LineStep): Result<Change | null, LineStepRefusal> {
  const { actor, now, expectedVersion } = step;
  const line = before.lines.find(({ id }) => id === step.lineId);
  if (line === undefined) return refuse({ code: "line-unknown" });
  if (expectedVersion !== undefined && expectedVersion !== before.version) {
    return refuse({ code: "version-conflict", version: before.version });
  }
  if (line.status === step.to) return ok(null);
  const allowed = stepsOf(before, line);
  if (!allowed.includes(step.to)) return refuse({ code: "illegal-line-step", from: line.status, to: step.to, allowed });

  const refusedAt = step.to === "refused" ? now : null;
  const lines = before.lines.map((other) => (other.id === line.id ? { ...other, status: step.to, refusedAt } : other));
  const entry = {
    kind: "items",
    status: before.status,
    by: actor.role,
    actorId: actor.id,
    reason: step.reason ?? null,
  };
  const stepped: Change = {
    before,
    order: { ...before, lines, version: before.version + 1, updatedAt: now },
    feed: [{ ...entry, kind: "items", at: now }],
    wishes: [],
  };
  const target = statusByLines(lines);
  if (target === before.status) return ok(stepped);
  return follow(stepped, { ...step, status: target });
}

/** A line whose money was asked back is over: made after all, it would be given away. */
function stepsOf(order: Order, line: OrderLine): readonly LineStatus[] {
  return IN_THE_KITCHEN.includes(order.status) && line.refundAskedAt === null ? LINE_STEPS[line.status] : [];
}

/** The order as a fold over its lines (product §3.3). A refused line holds nobody up. */
export function statusByLines(lines: readonly OrderLine[]): OrderStatus {
  const kept = lines.filter(({ status }) => status !== "refused");
  if (kept.length === 0) return "rejected";
  if (kept.every(({ status }) => status === "done")) return "ready_for_pickup";
  return kept.some(({ status }) => status !== "queued") ? "preparing" : "paid";
}

/** The order goes along with its lines, by the same table as everybody; the step as a whole is one version. */
function follow(stepped: Change, step: LineStep & { readonly status: OrderStatus }): Result<Change, LineStepRefusal> {
  const { actor, now } = step;
  const moved = changeStatus(stepped.order, {
    to: step.status,
    actor: { role: "lines", id: actor.id },
    reason: step.reason,
    now,
  });
  if (!moved.ok) return moved;
  if (moved.value === null) return ok(stepped);
  const { order, feed, wishes } = moved.value;
  // Tracking names the person at the station, not the rule that followed.
  const told = feed.map((entry) => (entry.by === "lines" ? { ...entry, by: actor.role } : entry));
  return ok({ before: stepped.before, order: { ...order, version: stepped.order.version }, feed: told, wishes });
}
