import type { ClaimedEvent } from "@comanda/messaging";
import { waitFor } from "@comanda/testing";
import type { PaymentService } from "../src/app.ts";
import type { Charge } from "../src/domain/charge.ts";
import type { PaymentStore } from "../src/storage/charge-store.ts";
import type { Harness } from "./harness.ts";

/** One thing that a process does to the world outside it, just before or just after. */
export type Step = {
  readonly at: "before" | "after";
  readonly what:
    | "insert"
    | "replace"
    | "store-notice"
    | "claim-notices"
    | "settle-notice"
    | "claim-events"
    | "settle-event"
    | "call";
  /** What is written, of `insert` and `replace`. */
  readonly charge?: Charge;
  /** Method and path, of a `call` to the provider. */
  readonly call?: string;
  /** Of `claim-events` and `settle-event`. */
  readonly events?: readonly Pick<ClaimedEvent, "type" | "subject">[];
};

/** How a process behaves until it is told otherwise. */
export type Mode = {
  /** Says at which step it dies. */
  readonly isLast: (step: Step) => boolean;
  /** `false`: nothing is looked at again by itself. */
  readonly isSweeping: boolean;
  /** What is due within a minute is due now: the rhythm of the sweeper is not what is tested. */
  readonly isHasty: boolean;
};

/** A process that finds what a dead one left, and does not die. */
export const HEIR: Mode = { isLast: () => false, isSweeping: true, isHasty: true };

/** A payment service that can die. */
export type MortalService = {
  /** Changes its mode. */
  readonly become: (mode: Mode) => void;
  /** One request, as who has `authorization`; a dying process answers it with an error, which is nobody's answer. */
  readonly ask: (request: AskedOfService) => Promise<{ readonly statusCode: number; readonly json: () => unknown }>;
  /** Resolves when it has died; rejects when it does not in time. */
  readonly hasDied: () => Promise<unknown>;
  /** Ends what is left of it, so that another may take its place. */
  readonly bury: () => Promise<void>;
};

/** A request to the service. */
export type AskedOfService = {
  readonly url: string;
  readonly authorization: string;
  readonly body: unknown;
  readonly idempotencyKey?: string;
};

class CrashError extends Error {
  override readonly name = "CrashError";
}

/** A lease of a dead process is waited for: short here, so that tests are. */
const LEASE_MS = 100;
const HASTE_MS = 60_000;

/**
 * A payment service on the harness's database and port that dies at the first step that its mode's `isLast` says yes to:
 * from then on it writes nothing, says nothing to the provider and hands out no event; what it had begun beside goes on,
 * as the server of a dead client may. Nothing is rolled back for it.
 */
export async function startMortalService(harness: Harness): Promise<MortalService> {
  const life = makeLife();
  const service = await harness.makeService(mortalStore(harness.store, life));
  guardCalls(harness, life);
  await service.app.listen({ host: "127.0.0.1", port: harness.config.PAYMENT_PORT });
  service.start();
  return {
    become: life.become,
    ask: ({ url, authorization, body, idempotencyKey }) =>
      service.app.inject({
        method: "POST",
        url,
        headers: { authorization, ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }) },
        payload: body as object, // inject takes any JSON value
      }),
    hasDied: () => waitFor(life.isOver, { timeoutMs: 15_000, description: "the crash" }),
    bury: () => bury(harness, service),
  };
}

async function bury(harness: Harness, service: PaymentService): Promise<void> {
  await service.app.close();
  await service.close();
  harness.proxy.refuse(null);
  harness.proxy.tamper(null);
}

type Life = {
  readonly isOver: () => boolean;
  readonly mode: () => Mode;
  readonly become: (mode: Mode) => void;
  /** @throws CrashError when this step is the last, or came after it */
  readonly pass: (step: Step) => void;
};

function makeLife(): Life {
  let isOver = false;
  let mode = HEIR;
  return {
    isOver: () => isOver,
    mode: () => mode,
    become: (next) => {
      mode = next;
    },
    pass: (step) => {
      isOver ||= mode.isLast(step);
      if (isOver) throw new CrashError(`dead ${step.at} ${step.what}`);
    },
  };
}

function guardCalls({ proxy }: Harness, life: Life): void {
  const dies = (step: Step) => {
    try {
      life.pass(step);
      return false;
    } catch {
      return true;
    }
  };
  proxy.refuse(({ method, path }) =>
    dies({ at: "before", what: "call", call: `${method} ${path}` }) ? { status: 400, body: {} } : null,
  );
  proxy.tamper(({ method, path }, { body }) => {
    // The answer reaches a dead process, which can do nothing with it.
    dies({ at: "after", what: "call", call: `${method} ${path}` });
    return body;
  });
}

function mortalStore(store: PaymentStore, life: Life): PaymentStore {
  type About = Omit<Step, "at">;
  async function step<Value>(about: About, run: () => Promise<Value>, afterwards = (_value: Value) => about) {
    life.pass({ at: "before", ...about });
    const value = await run();
    const isNothing = Array.isArray(value) && value.length === 0;
    if (!isNothing || life.isOver()) life.pass({ at: "after", ...afterwards(value) });
    return value;
  }
  const { notices, outbox } = store;
  const { settleDone } = outbox;
  return {
    ...store,
    insert: (charge) => step({ what: "insert", charge }, () => store.insert(charge)),
    replace: (charge, version) => step({ what: "replace", charge }, () => store.replace(charge, version)),
    claimDue: async ({ now, limit }) => {
      const { isSweeping, isHasty } = life.mode();
      if (life.isOver() || !isSweeping) return [];
      const due = isHasty ? new Date(now.getTime() + HASTE_MS) : now;
      return store.claimDue({ now: due, limit, leaseMs: LEASE_MS });
    },
    notices: {
      ...notices,
      store: (notice, { leaseMs = 0 } = {}) =>
        step({ what: "store-notice" }, () => notices.store(notice, { leaseMs: Math.min(leaseMs, LEASE_MS) })),
      claim: ({ limit }) => step({ what: "claim-notices" }, () => notices.claim({ limit, leaseMs: LEASE_MS })),
      settle: (id, next) =>
        step({ what: "settle-notice" }, () => notices.settle(id, next === "done" ? next : Math.min(next, LEASE_MS))),
    },
    outbox: {
      ...outbox,
      claim: ({ limit }) =>
        step(
          { what: "claim-events" },
          () => outbox.claim({ limit, leaseMs: LEASE_MS }),
          (claimed) => ({ what: "claim-events", events: claimed }),
        ),
      settle: (event, delivery) =>
        step({ what: "settle-event", events: [event] }, () => outbox.settle(event, delivery)),
      ...(settleDone === undefined
        ? {}
        : {
            settleDone: (events) => step({ what: "settle-event", events }, () => settleDone(events)),
          }),
    },
  };
}
