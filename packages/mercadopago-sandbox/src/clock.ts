import { makeTimerQueue } from "./timer-queue.ts";

/** The sandbox's own time: real time plus an offset that tests may push forward. All instants are epoch ms. */
export type Clock = {
  /** Current sandbox time, epoch ms. */
  now: () => number;
  /** How far ahead of real time the sandbox is, ms. */
  offsetMs: () => number;
  /** Moves the sandbox forward and runs everything that became due, oldest first. */
  advance: (ms: number) => void;
  /** Runs a task once sandbox time reaches `dueMs`; the task must check for itself that it is still wanted. */
  at: (dueMs: number, task: () => void) => void;
  /** Forgets every task still waiting. */
  close: () => void;
};

/** Longest delay `setTimeout` takes; a longer wait is simply re-armed. */
const longestTimeoutMs = 2 ** 31 - 1;

/** Builds the sandbox clock. `readRealMs` is injected so that unit tests can freeze real time. */
export const makeClock = (readRealMs: () => number = Date.now): Clock => {
  const queue = makeTimerQueue();
  let offset = 0;
  let armed: { timer: NodeJS.Timeout; dueMs: number } | null = null;
  let isClosed = false;
  const now = () => readRealMs() + offset;

  const runDue = () => {
    for (let task = queue.takeDue(now()); task !== undefined; task = queue.takeDue(now())) task();
    arm();
  };
  const arm = () => {
    const dueMs = queue.nextDueMs();
    if (isClosed || dueMs === undefined || (armed !== null && armed.dueMs <= dueMs)) return;
    disarm();
    const waitMs = Math.min(Math.max(dueMs - now(), 0), longestTimeoutMs);
    const fire = () => {
      armed = null;
      runDue();
    };
    armed = { timer: setTimeout(fire, waitMs), dueMs };
  };
  const disarm = () => {
    if (armed !== null) clearTimeout(armed.timer);
    armed = null;
  };

  return {
    now,
    offsetMs: () => offset,
    advance: (ms) => {
      offset += ms;
      disarm();
      runDue();
    },
    at: (dueMs, task) => {
      if (isClosed) return;
      queue.add(dueMs, task);
      arm();
    },
    close: () => {
      isClosed = true;
      disarm();
      queue.clear();
    },
  };
};
