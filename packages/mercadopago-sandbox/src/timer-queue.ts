type Entry = { dueMs: number; order: number; task: () => void };

/** Tasks ordered by due time, then by arrival; adding and taking cost O(log n), so 100,000 open QR codes are cheap. */
export type TimerQueue = {
  add: (dueMs: number, task: () => void) => void;
  nextDueMs: () => number | undefined;
  takeDue: (nowMs: number) => (() => void) | undefined;
  clear: () => void;
};

const isBefore = (a: Entry, b: Entry) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);

/** Builds an empty queue (a binary heap in an array). */
export const makeTimerQueue = (): TimerQueue => {
  let heap: Entry[] = [];
  let added = 0;

  const swap = (i: number, j: number) => {
    const [a, b] = [heap[i], heap[j]];
    if (a === undefined || b === undefined) return;
    heap[i] = b;
    heap[j] = a;
  };
  const isOrdered = (parent: number, child: number) => {
    const [p, c] = [heap[parent], heap[child]];
    return p === undefined || c === undefined || isBefore(p, c);
  };
  const rise = (from: number) => {
    for (let i = from; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (isOrdered(parent, i)) return;
      swap(parent, i);
      i = parent;
    }
  };
  const sink = () => {
    for (let i = 0; ; ) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      const child = isOrdered(left, right) ? left : right;
      if (child >= heap.length || isOrdered(i, child)) return;
      swap(i, child);
      i = child;
    }
  };

  return {
    add: (dueMs, task) => {
      heap.push({ dueMs, order: added, task });
      added += 1;
      rise(heap.length - 1);
    },
    nextDueMs: () => heap[0]?.dueMs,
    takeDue: (nowMs) => {
      const first = heap[0];
      if (first === undefined || first.dueMs > nowMs) return undefined;
      const last = heap.pop();
      if (last !== undefined && last !== first) {
        heap[0] = last;
        sink();
      }
      return first.task;
    },
    clear: () => {
      heap = [];
    },
  };
};
