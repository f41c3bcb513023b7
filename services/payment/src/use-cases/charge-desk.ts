import { type Clock, type Id, ok, type Result, refuse, type Turns } from "@comanda/primitives";
import type { Moment } from "../domain/change-charge.ts";
import type { Charge } from "../domain/charge.ts";
import type { PaymentProvider } from "../gateways/payment-provider.ts";
import type { ChargeStore } from "../storage/charge-store.ts";

/** A log as use-cases write it. */
export type DeskLog = Record<"info" | "warn" | "error", (record: object, message: string) => void>;

/** All that a use-case works with. */
export type ChargeDesk = {
  readonly store: ChargeStore;
  readonly provider: PaymentProvider;
  readonly clock: Clock;
  readonly newId: () => Id;
  readonly random: () => number;
  readonly log: DeskLog;
  /** How long a QR may be paid, in seconds. */
  readonly qrLivesSeconds: number;
  /** One thing at a time about one charge, within this process. */
  readonly turns: Turns;
  /** Resolves after `ms`: what a beaten writer waits before it tries again. */
  readonly pause: (ms: number) => Promise<void>;
  /** Called when an event was written. */
  readonly wakeRelay: () => void;
  /** Called when a charge is due at once. */
  readonly wakeChecks: () => void;
};

/** Nobody knows this charge. */
export type UnknownCharge = { readonly kind: "unknown-charge" };

/** A charge that is changed faster than it can be decided on; the caller tries again later. */
export class ContentionError extends Error {
  override readonly name = "ContentionError";
}

const TRIES_MAX = 25;

/** The circumstances of a decision made now. */
export function momentOf(desk: ChargeDesk, traceparent: string | null): Moment {
  return { now: desk.clock.now(), newId: desk.newId, random: desk.random, traceparent };
}

/**
 * Reads a charge, decides, writes the outcome if nobody was faster, else decides again on what is there now. No lock
 * and no transaction is held, so the provider is never waited for in here.
 * @throws ContentionError after 25 lost races
 */
export async function changeStored<Decided extends { readonly charge: Charge }, Refusal>(
  desk: ChargeDesk,
  { id, traceparent }: { readonly id: Id; readonly traceparent: string | null },
  decide: (charge: Charge, moment: Moment) => Result<Decided, Refusal>,
): Promise<Result<Decided, Refusal | UnknownCharge>> {
  return desk.turns.take(`change ${id}`, async () => {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const charge = await desk.store.get(id);
      if (charge === null) return refuse({ kind: "unknown-charge" as const });
      const decided = decide(charge, momentOf(desk, traceparent));
      if (!decided.ok || decided.value.charge === charge) return decided;
      if (await desk.store.replace(decided.value.charge, charge.version)) {
        wake(desk, charge, decided.value.charge);
        return decided;
      }
      // Another process is at the same charge: let it finish.
      await desk.pause(2 + 10 * tries * desk.random());
    }
    throw new ContentionError(`charge ${id} was changed by others ${TRIES_MAX} times in a row`);
  });
}

/** The same, for a change that is never refused. `null` when there is no such charge. */
export async function applyToStored(
  desk: ChargeDesk,
  about: { readonly id: Id; readonly traceparent: string | null },
  change: (charge: Charge, moment: Moment) => Charge,
): Promise<Charge | null> {
  const changed = await changeStored(desk, about, (charge, moment) => ok({ charge: change(charge, moment) }));
  return changed.ok ? changed.value.charge : null;
}

function wake(desk: ChargeDesk, before: Charge, after: Charge): void {
  if (after.unsent.length > before.unsent.length) desk.wakeRelay();
  if (after.nextCheckAt !== null && after.nextCheckAt <= desk.clock.now()) desk.wakeChecks();
}
