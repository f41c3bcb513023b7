import type { Id } from "@comanda/primitives";
import type { Dice } from "../../chaos/dice.ts";
import type { TerminalAct } from "../provider/terminals.ts";
import type { Setting, World } from "../services/world.ts";
import type { Person } from "./person.ts";

/** What a guest is going to do with a card, in a shop that has terminals. */
export type CardPlan = {
  /** Orders at a totem and pays at the terminal beside it, instead of with a phone. */
  readonly isAtTotem: boolean;
  /** The totem in reach; `null` in a shop without terminals. */
  readonly deviceId: Id | null;
  readonly acts: Readonly<Record<TerminalAct["kind"], number>>;
  readonly tipCents: number;
  /** Of its own, so that shops without terminals are as they were. */
  readonly dice: Dice;
};

/** What came of going to the terminal. `waiting`: it does not show the charge yet. */
type CardOutcome = "waiting" | "over" | "refused";

const REFUSALS = ["insufficient_amount", "rejected_by_issuer", "high_risk", "a reason of tomorrow"];
const CARD_MAX_MS = 12_000;
const LATE_CHARGE_MAX_MS = 10 * 60_000;

export function cardPlanOf({ totems }: Setting, dice: Dice): CardPlan {
  const isAtTotem = totems.length > 0 && dice.chance(0.6);
  return {
    isAtTotem,
    deviceId: totems.length === 0 ? null : dice.pick(totems).deviceId,
    acts: { approve: 8, refuse: 3, cancel: 2, walkAway: 2 },
    tipCents: dice.chance(0.2) ? dice.between(1, 1_000) : 0,
    dice,
  };
}

/** Goes to the terminal that shows the charge, and does there what comes to mind. */
export async function payByCard(
  { bank }: World,
  { sleep }: Person,
  going: {
    readonly card: CardPlan;
    readonly paymentId: Id;
    readonly wrongCents: number;
    /** How long the guest takes to get there. */
    readonly waitMs: number;
  },
): Promise<CardOutcome> {
  const { card, paymentId, wrongCents, waitMs } = going;
  const { dice, tipCents } = card;
  const [order] = bank.ofReference(paymentId);
  if (order === undefined || order.status === "created") return "waiting";
  await sleep(waitMs);
  const kind = dice.weigh(card.acts);
  const slowMs = dice.between(500, CARD_MAX_MS);
  const amountCents = Math.max(1, order.amountCents + wrongCents);
  bank.terminals.act(order, actOf(kind, { amountCents, tipCents, slowMs, dice }));
  await sleep(slowMs);
  const isRefused = order.status === "failed" || order.status === "canceled" || order.status === "expired";
  return isRefused && dice.chance(0.6) ? "refused" : "over";
}

function actOf(
  kind: TerminalAct["kind"],
  {
    amountCents,
    tipCents,
    slowMs,
    dice,
  }: Pick<CardPlan, "tipCents" | "dice"> & {
    readonly amountCents: number;
    readonly slowMs: number;
  },
): TerminalAct {
  switch (kind) {
    case "approve":
      return { kind, amountCents, tipCents, slowMs };
    case "refuse":
      return { kind, why: dice.pick(REFUSALS), slowMs };
    case "cancel":
      return { kind };
    case "walkAway":
      return { kind, amountCents, chargedAfterMs: dice.chance(0.5) ? dice.between(1_000, LATE_CHARGE_MAX_MS) : null };
  }
}
