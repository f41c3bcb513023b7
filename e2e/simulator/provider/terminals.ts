import { makeDice } from "../../chaos/dice.ts";
import type { Sim } from "../engine/sim.ts";
import type { AtTerminal, BankOrder, BankPayment } from "./holdings.ts";

/** What somebody does with a charge that their terminal shows. */
export type TerminalAct =
  /** `slowMs` until the card's bank has answered. */
  | { readonly kind: "approve"; readonly amountCents: number; readonly tipCents: number; readonly slowMs: number }
  | { readonly kind: "refuse"; readonly why: string; readonly slowMs: number }
  | { readonly kind: "cancel" }
  /** The card is in and nothing more is heard; `chargedAfterMs` later the provider finds out that it was charged. */
  | { readonly kind: "walkAway"; readonly amountCents: number; readonly chargedAfterMs: number | null };

/** The shop's card terminals (provider §7): one charge at a time, shown when the terminal fetches it. */
export type Terminals = {
  /** The charge that a terminal holds: the one it shows, or the one that waits for it. */
  readonly holding: (terminalId: string) => BankOrder | null;
  readonly place: (terminalId: string) => AtTerminal;
  /** The terminal is going to fetch it, unless it is off. */
  readonly queue: (order: BankOrder) => void;
  /** `false` when the terminal does not show it, or a card is in it already. */
  readonly act: (order: BankOrder, act: TerminalAct) => boolean;
  /** The seller gives up what the terminal shows: it is asked, and answers later, or never. */
  readonly askToCancel: (order: BankOrder) => "asked";
  /** Its time is over. `false`: it has ended already, or a card is in it. */
  readonly expire: (order: BankOrder) => boolean;
  /** How charges ended there, and how often something else happened, by name. */
  readonly counts: () => Readonly<Record<string, number>>;
};

type Happenings = {
  readonly orders: readonly BankOrder[];
  /** Told of; the order's own date moves. */
  readonly changed: (order: BankOrder) => void;
  readonly begin: (order: BankOrder, paid: Pick<BankPayment, "amountCents" | "tipCents">) => BankPayment;
  readonly arrive: (order: BankOrder, payment: BankPayment, isTold: boolean) => void;
};

const FETCHED_MAX_MS = 6_000;
const ANSWER_MAX_MS = 12_000;
/** A card that is in for so long ends as `action_required` (provider §7.3). */
const UNCLEAR_AFTER_MS = 40_000;

export function makeTerminals(sim: Sim, { orders, changed, begin, arrive }: Happenings): Terminals {
  const dice = makeDice(sim.seed, "terminals");
  const counts: Record<string, number> = {};
  const note = (name: string, { reference }: BankOrder) => {
    counts[name] = (counts[name] ?? 0) + 1;
    sim.note(`terminal: ${name}`, () => reference);
  };
  const later = (ms: number, order: BankOrder, run: (at: AtTerminal) => void) =>
    sim.time.after(ms, () => {
      if (order.atTerminal !== null && order.status === "at_terminal") run(order.atTerminal);
    });
  const end = (order: BankOrder, status: "failed" | "canceled" | "action_required", detail: string) => {
    if (order.atTerminal === null) return;
    order.status = status;
    order.atTerminal.detail = detail;
    order.atTerminal.isBusy = false;
    note(status, order);
    changed(order);
  };
  /** Seen by whoever reads the order; nobody is told. */
  const show = (order: BankOrder, detail: string) => {
    if (order.atTerminal === null) return;
    order.atTerminal.detail = detail;
    order.updatedAt = Math.max(order.updatedAt + 1, sim.time.now());
  };

  return {
    holding: (terminalId) =>
      orders.find(
        ({ status, atTerminal }) =>
          atTerminal?.terminalId === terminalId && (status === "created" || status === "at_terminal"),
      ) ?? null,
    place: (terminalId) => ({ terminalId, detail: "ready_to_process", isBusy: false }),
    queue: (order) => {
      if (dice.chance(0.1)) return;
      sim.time.after(dice.between(200, FETCHED_MAX_MS), () => {
        if (order.status !== "created") return;
        order.status = "at_terminal";
        show(order, "waiting_payment");
        note("shown", order);
      });
    },
    act: (order, act) => {
      const { atTerminal } = order;
      if (atTerminal === null || order.status !== "at_terminal" || atTerminal.isBusy) return false;
      if (act.kind === "cancel") {
        end(order, "canceled", "canceled_on_terminal");
        return true;
      }
      atTerminal.isBusy = true;
      if (act.kind === "refuse") later(act.slowMs, order, () => end(order, "failed", act.why));
      else if (act.kind === "approve") {
        const payment = begin(order, act);
        later(act.slowMs, order, (at) => {
          at.isBusy = false;
          at.detail = "accredited";
          note(act.tipCents > 0 ? "processed with a tip" : "processed", order);
          arrive(order, payment, true);
        });
      } else {
        const { amountCents, chargedAfterMs } = act;
        const payment = chargedAfterMs === null ? null : begin(order, { amountCents, tipCents: 0 });
        later(UNCLEAR_AFTER_MS, order, () => {
          end(order, "action_required", "check_on_terminal");
          if (payment === null || chargedAfterMs === null) return;
          sim.time.after(chargedAfterMs, () => {
            note("charged after all", order);
            // The order had ended, and its notices with it: half of the time only who asks again learns of it.
            arrive(order, payment, dice.chance(0.5));
          });
        });
      }
      return true;
    },
    askToCancel: (order) => {
      show(order, "cancellation_requested");
      note("asked to cancel", order);
      // One that has lost its network never answers; the charge's own time ends it.
      if (dice.chance(0.1)) return "asked";
      later(dice.between(100, ANSWER_MAX_MS), order, ({ isBusy }) => {
        if (!isBusy) return end(order, "canceled", "canceled_by_api");
        show(order, "waiting_payment");
        note("not cancelled", order);
      });
      return "asked";
    },
    expire: (order) => {
      const { status, atTerminal } = order;
      if (atTerminal === null || atTerminal.isBusy || (status !== "created" && status !== "at_terminal")) return false;
      atTerminal.detail = "expired";
      note("expired", order);
      return true;
    },
    counts: () => counts,
  };
}
