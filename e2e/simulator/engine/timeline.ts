/** Something that happens at a moment of simulated time. */
type Happening = { readonly at: number; readonly seq: number; readonly run: () => void };

/**
 * Simulated time: what is due first happens first, what is due at the same moment in the order it was asked for. Between
 * two happenings everything that follows from the first without waiting (promises) has run to its end.
 */
export type Timeline = {
  /** Simulated ms since the epoch. */
  readonly now: () => number;
  /** `run` after `delayMs`, at least 0. */
  readonly after: (delayMs: number, run: () => void) => void;
  /** Lets happen what is due, one by one, until `isOver` says so or nothing is left. `afterEach` may throw to stop. */
  readonly play: (options: { readonly isOver: () => boolean; readonly afterEach: () => void }) => Promise<void>;
};

export function makeTimeline(startMs: number): Timeline {
  const heap: Happening[] = [];
  let now = startMs;
  let seq = 0;
  return {
    now: () => now,
    after: (delayMs, run) => {
      seq += 1;
      if (!Number.isFinite(delayMs)) throw new RangeError(`not a time to wait: ${delayMs}`);
      push(heap, { at: now + Math.max(0, delayMs), seq, run });
    },
    play: async ({ isOver, afterEach }) => {
      while (!isOver()) {
        const next = pop(heap);
        if (next === undefined) return;
        now = next.at;
        next.run();
        await settled();
        afterEach();
      }
    },
  };
}

/** Resolves when no promise is left that could go on by itself: Node empties those before it comes to a tick. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function isBefore(one: Happening, other: Happening): boolean {
  return one.at < other.at || (one.at === other.at && one.seq < other.seq);
}

function push(heap: Happening[], item: Happening): void {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !isBefore(item, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = item;
}

function pop(heap: Happening[]): Happening | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    let below = heap[child];
    if (below === undefined) break;
    const right = heap[child + 1];
    if (right !== undefined && isBefore(right, below)) {
      child += 1;
      below = right;
    }
    if (!isBefore(below, last)) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
  return first;
}
