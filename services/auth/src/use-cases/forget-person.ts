import { sayEvent } from "@comanda/messaging";
import { addSeconds } from "@comanda/primitives";
import type { Erasure } from "../storage/erasures.ts";
import { deletePerson, forgetSignIns } from "../storage/person-privacy.ts";
import type { Db } from "../storage/sessions.ts";
import { endAllOf } from "./end-session.ts";

/**
 * A token that was good when somebody was erased is refused everywhere some seconds later, when the services have read
 * the list of revocations again; what was begun with it until then is found by being told once more.
 */
const AGAIN_AFTER_S = 60;

/**
 * Forgets a person as a part of the transaction `tx`: every session ends and is forgotten, and the row goes with all that
 * hangs on it and with the key that sealed what it held. Used the first time, and when a backup brought them back.
 */
export async function forgetPerson(tx: Db, id: string, now: Date): Promise<void> {
  await endAllOf(tx, id, now);
  await forgetSignIns(tx, id);
  await deletePerson(tx, id);
}

/** Tells the other services of an erasure, at once and a minute later, in the transaction `tx`. Twice does no harm there. */
export async function sayErased(
  tx: Db,
  given: {
    readonly personId: string;
    readonly erasure: Pick<Erasure, "id" | "erasedAt">;
    readonly now: Date;
  },
): Promise<void> {
  const { personId, erasure, now } = given;
  const event = {
    type: "comanda.customer.erased",
    subject: personId,
    data: { customer_id: personId, erasure_id: erasure.id, erased_at: erasure.erasedAt.toISOString() },
    traceparent: null,
  };
  await sayEvent(tx, event);
  await sayEvent(tx, { ...event, availableAt: addSeconds(now, AGAIN_AFTER_S) });
}
