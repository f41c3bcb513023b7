import { type CustomerErased, parseEvent } from "@comanda/contracts";
import { receiveBatch } from "@comanda/messaging";
import { addSeconds, type Clock, type Id } from "@comanda/primitives";
import type { ReceiveEvents } from "./payment-changed.ts";

/** Whoever asked to be forgotten waits no longer than this for money that will not settle (reliability OP-63). */
const WAITS_S = 86_400;

/** Nothing is wrong: it is only too early. */
class StillPaying extends Error {
  override readonly name = "StillPaying";
}

type Deps = {
  readonly clock: Clock;
  /** Takes a person out of their orders, once; `paying` when money of theirs is moving and it should wait. */
  readonly eraseCustomer: (given: {
    readonly customerId: Id;
    readonly eventId: string;
    readonly mayWait: boolean;
  }) => Promise<"erased" | "paying">;
  readonly log: Readonly<Record<"info" | "error", (record: object, message: string) => void>>;
};

/** `comanda.customer.erased`: the person's orders belong to nobody from now on. What auth says, and nothing else. */
export function createReceiveErasures(deps: Deps): ReceiveEvents {
  return (batch, producer) =>
    receiveBatch({
      batch,
      parse: (input) => {
        const parsed = parseEvent(input, producer);
        if (!parsed.ok) return parsed;
        if (parsed.value.kind !== "customer-erased") return { ok: false, refusal: "not for the order service" };
        return { ok: true, value: { id: parsed.value.envelope.id, data: parsed.value.data } };
      },
      subjectOf: ({ data }) => data.customer_id,
      handle: (event) => erase(deps, event),
      onError: (error) =>
        error instanceof StillPaying
          ? deps.log.info({}, error.message)
          : deps.log.error({ err: error }, "a person could not be taken out of their orders now"),
    });
}

/** @throws StillPaying while money of theirs is moving, so that the event comes again (reliability F-61) */
async function erase(deps: Deps, event: { readonly id: string; readonly data: CustomerErased }): Promise<void> {
  const { customer_id: customerId, erased_at: erasedAt } = event.data;
  const mayWait = deps.clock.now() < addSeconds(new Date(erasedAt), WAITS_S);
  const outcome = await deps.eraseCustomer({ customerId: customerId.toLowerCase(), eventId: event.id, mayWait });
  if (outcome === "paying") throw new StillPaying("money of the person to be forgotten is still moving");
}
