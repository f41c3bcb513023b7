import { type Id, toDecimalText } from "@comanda/primitives";
import type { Charge } from "../../../services/payment/src/domain/charge.ts";
import {
  type CreatedAtProvider,
  type ProviderCharge,
  type ProviderResult,
  type RefundAnswer,
  TERMINAL_BUSY,
} from "../../../services/payment/src/domain/provider-charge.ts";
import { factFromPayments, withDispute } from "../../../services/payment/src/gateways/mercado-pago/link-payments.ts";
import { factFromOrder } from "../../../services/payment/src/gateways/mercado-pago/qr-orders.ts";
import type { PaymentProvider } from "../../../services/payment/src/gateways/payment-provider.ts";
import type { Life } from "../engine/process.ts";
import type { Sim } from "../engine/sim.ts";
import type { Bank } from "./bank.ts";
import type { BankOrder, BankPayment } from "./holdings.ts";

/** What the provider remembers of keys: the first answer is given again, another wish under the same key is refused. */
export type KeyMemory = Map<string, { readonly wish: string; readonly answer: ProviderResult<unknown> }>;

/** The key of a write, as the real gateway makes it. */
export type KeyOf = (kind: "create" | "cancel" | "close" | "refund", id: Id) => string;
export const houseKey: KeyOf = (kind, id) => `${kind}-${id}`;

const CALL_TIMEOUT_MS = 5_000;

/**
 * The model of `makeMercadoPago`: the port's outcomes from the provider's own state. What the real gateway works out of
 * answers is worked out by its own functions wherever these are pure.
 */
export function makeProvider(world: {
  readonly sim: Sim;
  readonly bank: Bank;
  readonly keys: KeyMemory;
  readonly life: Life;
  readonly keyOf: KeyOf;
  /** Ids of the card terminals that the shop has. */
  readonly terminals: readonly string[];
}): PaymentProvider {
  const { sim, bank, life, keyOf } = world;
  const call = <Value>(what: string, run: () => ProviderResult<Value>): Promise<ProviderResult<Value>> =>
    reach({ sim, life, what, run });
  const write = <Value>(kind: Parameters<KeyOf>[0], id: Id, wish: string, run: () => ProviderResult<Value>) =>
    call(`provider.${kind}`, () => once(world.keys, { key: keyOf(kind, id), wish }, run));

  return {
    createQrCharge: (charge, seconds) =>
      write("create", charge.id, `${charge.amountCents} ${seconds}`, () => {
        const expiresAt = sim.time.now() + seconds * 1000;
        return created(bank.make({ kind: "qr", reference: charge.id, amountCents: charge.amountCents, expiresAt }));
      }),
    createLink: (charge) =>
      write("create", charge.id, `${charge.amountCents} ${charge.expiresAt?.getTime()}`, () => {
        const expiresAt = charge.expiresAt?.getTime() ?? sim.time.now() + 86_400_000;
        return created(bank.make({ kind: "link", reference: charge.id, amountCents: charge.amountCents, expiresAt }));
      }),
    createTerminalCharge: (charge, seconds) => {
      const terminalId = charge.place?.terminalId ?? "";
      return write("create", charge.id, `${charge.amountCents} ${seconds} ${terminalId}`, () => {
        if (bank.terminals.holding(terminalId) !== null)
          return { outcome: "refused", status: 409, code: TERMINAL_BUSY };
        const expiresAt = sim.time.now() + seconds * 1000;
        const { id: reference, amountCents } = charge;
        return created(bank.make({ kind: "terminal", reference, amountCents, expiresAt, terminalId }));
      });
    },
    listTerminals: () =>
      call("provider.list-terminals", () =>
        done(world.terminals.map((id) => ({ id, operatingMode: "PDV", externalPosId: null }))),
      ),
    namePayer: () => call("provider.name-payer", () => done(null)),
    readCharge: (charge, hint = null) =>
      call("provider.read", () => {
        if (charge.method === "link") return done(linkFact(bank, { charge, hint, now: sim.time.now() }));
        const order = charge.providerId === null ? null : bank.find(charge.providerId);
        return order === null ? done(null) : orderFact(order, charge, hint);
      }),
    findCharge: (charge) =>
      call("provider.find", () => {
        const [found] = bank.ofReference(charge.id);
        return found === undefined ? done(null) : created(found);
      }),
    readReference: ({ kind, id }) =>
      call("provider.read-reference", () => {
        if (kind === "order") return done(referenceOf(bank.find(id), null));
        return done(kind === "payment" ? referenceOf(bank.findPayment(id)?.order ?? null, id) : null);
      }),
    cancelCharge: (charge) =>
      write<"closed" | "asked">(charge.method === "link" ? "close" : "cancel", closedAs(charge), "", () => {
        const order = bank.find(charge.providerId ?? "");
        if (order === null) return { outcome: "refused", status: 404, code: "order_not_found" };
        const closed = bank.close(order);
        if (typeof closed === "string") return done(closed);
        if (closed.refused === "order_already_canceled") return done("closed");
        return { outcome: "refused", status: 409, code: closed.refused };
      }),
    refundCharge: (charge, refundId) => {
      const refund = charge.refunds.find(({ id }) => id === refundId);
      if (refund === undefined) throw new RangeError("a refund that this charge has not");
      return write("refund", refundId, String(refund.amountCents), () => refundAt(bank, { charge, refund }));
    },
  };
}

/** The way to the provider and back, with all that may happen on it. */
function reach<Value>(going: {
  readonly sim: Sim;
  readonly life: Life;
  readonly what: string;
  readonly run: () => ProviderResult<Value>;
}): Promise<ProviderResult<Value>> {
  const { sim, life, what, run } = going;
  return new Promise((resolve) => {
    const answer = (result: ProviderResult<Value>, afterMs: number) =>
      sim.time.after(afterMs, () => {
        if (!life.isAlive()) return;
        sim.note(`${life.name} ${what} ${result.outcome}`);
        if (sim.faults.strikes("crash")) life.crash(`after the answer to ${what}`);
        else resolve(result);
      });
    if (sim.faults.strikes("crash")) return life.crash(`before ${what}`);
    if (sim.faults.strikes("providerAway")) return answer({ outcome: "unavailable", reason: "503" }, 50);
    if (sim.faults.strikes("providerTimeoutBefore")) {
      return answer({ outcome: "unknown", reason: "the call got no answer" }, CALL_TIMEOUT_MS);
    }
    if (sim.faults.strikes("providerBusy")) {
      return answer({ outcome: "unknown", reason: "the provider answered 423 resource_locked" }, 50);
    }
    sim.time.after(sim.dice.between(20, 300), () => {
      // What was sent takes effect there, whatever becomes of the sender.
      const result = run();
      if (sim.faults.strikes("providerTimeoutAfter")) {
        return answer({ outcome: "unknown", reason: "the call got no answer" }, CALL_TIMEOUT_MS);
      }
      answer(result, sim.dice.between(20, 300) + (sim.faults.strikes("slow") ? 2_000 : 0));
    });
  });
}

function once<Value>(
  keys: KeyMemory,
  { key, wish }: { readonly key: string; readonly wish: string },
  run: () => ProviderResult<Value>,
): ProviderResult<Value> {
  const known = keys.get(key);
  if (known === undefined) {
    const answer = run();
    // Refusals are judged anew each time.
    if (answer.outcome === "done") keys.set(key, { wish, answer });
    return answer;
  }
  if (known.wish === wish) return known.answer as ProviderResult<Value>; // written above, by the same kind of call
  return { outcome: "unknown", reason: "the provider answered 409 idempotency_key_already_used" };
}

function done<Value>(value: Value): ProviderResult<Value> {
  return { outcome: "done", value };
}

function created(order: BankOrder): ProviderResult<CreatedAtProvider> {
  const { kind, id } = order;
  return done({
    providerId: id,
    paymentId: kind === "link" ? null : `PAY${id.slice(3)}`,
    qrCode: kind === "qr" ? id : null,
    paymentLink: kind === "link" ? id : null,
    expiresAt: new Date(order.expiresAt),
    distrust: null,
  });
}

function referenceOf(order: BankOrder | null, paymentId: string | null) {
  return order === null ? null : { reference: order.reference, paymentId };
}

/** A terminal may be asked again, as `cancelKeyOf` of the real gateway has it. */
function closedAs({ id, method, version }: Charge): Id {
  return method === "terminal" ? `${id}-${version}` : id;
}

/** As `readOrderCharge` has it: an order says nothing of a dispute; its payment does, when a notification names it. */
function orderFact(order: BankOrder, charge: Charge, hint: string | null): ProviderResult<ProviderCharge> {
  const fact = factFromOrder(orderBodyOf(order), charge);
  if (fact === null) return { outcome: "unknown", reason: `the order is ${order.status}, a state we do not know` };
  const named = hint === null ? undefined : order.payments.find(({ id }) => id === hint);
  return done(named === undefined ? fact : withDispute(fact, bodyOf(order, named, charge)));
}

/** An order of a QR or a terminal as the Orders API shows it. */
function orderBodyOf(order: BankOrder): Parameters<typeof factFromOrder>[0] {
  const payment = order.payments.find(({ status }) => status !== "pending" && status !== "cancelled");
  const paid = payment === undefined ? null : toDecimalText(payment.amountCents + payment.tipCents);
  const isAllBack = payment !== undefined && payment.refunds.length > 0 && keptOf(payment) === 0;
  return {
    id: order.id,
    status: isAllBack ? "refunded" : order.status,
    external_reference: order.reference,
    total_amount: toDecimalText(order.amountCents),
    currency: "BRL",
    last_updated_date: new Date(order.updatedAt).toISOString(),
    ...(paid === null ? {} : { total_paid_amount: paid }),
    transactions: {
      payments: [
        {
          id: `PAY${order.id.slice(3)}`,
          amount: toDecimalText(order.amountCents),
          status_detail: order.atTerminal?.detail ?? null,
          ...(paid === null ? {} : { paid_amount: paid, payment_method: { id: "pix" } }),
          ...(payment === undefined || payment.tipCents === 0 ? {} : { tip_amount: toDecimalText(payment.tipCents) }),
        },
      ],
      refunds: (payment?.refunds ?? []).map(({ id, amountCents, tipCents, status }) => ({
        id,
        amount: toDecimalText(amountCents + tipCents),
        status: status === "done" ? "processed" : status === "failed" ? "failed" : "processing",
      })),
    },
  };
}

function linkFact(
  bank: Bank,
  { charge, hint, now }: { readonly charge: Charge; readonly hint: string | null; readonly now: number },
): ProviderCharge {
  const named = [hint, charge.providerPaymentId];
  const bodies = bank
    .ofReference(charge.id)
    .flatMap((order) =>
      order.payments
        .filter(({ id, searchableAt }) => searchableAt <= now || named.includes(id))
        .map((payment) => bodyOf(order, payment, charge)),
    );
  return factFromPayments(charge, bodies);
}

/** The payment as the older family of the provider's API shows it. */
function bodyOf(order: BankOrder, payment: BankPayment, charge: Charge): Parameters<typeof withDispute>[1] {
  const isAllBack = payment.refunds.some(({ status }) => status === "done") && keptOf(payment) === 0;
  return {
    id: payment.id,
    status: payment.status === "approved" && isAllBack ? "refunded" : payment.status,
    status_detail: payment.status === "charged_back" ? "settled" : null,
    external_reference: order.reference,
    transaction_amount: payment.amountCents / 100,
    currency_id: charge.currency,
    date_approved: payment.approvedAt === null ? null : new Date(payment.approvedAt).toISOString(),
    date_last_updated: new Date(payment.updatedAt).toISOString(),
    payment_method_id: "pix",
    refunds: payment.refunds.map(({ id, amountCents, status }) => ({
      id,
      amount: amountCents / 100,
      status: status === "done" ? "approved" : status === "failed" ? "rejected" : "in_process",
    })),
  };
}

function keptOf({ amountCents, refunds }: BankPayment): number {
  return refunds.reduce((left, refund) => left - (refund.status === "done" ? refund.amountCents : 0), amountCents);
}

/** Without an amount it is all that is left, which is how a whole refund of an order is asked for. */
function refundAt(
  bank: Bank,
  { charge, refund }: { readonly charge: Charge; readonly refund: Charge["refunds"][number] },
): ProviderResult<RefundAnswer> {
  const { strayPaymentId, amountCents, id: ours } = refund;
  const order = bank.find(charge.providerId ?? "");
  const paymentId = strayPaymentId ?? charge.providerPaymentId;
  const payment =
    charge.method === "link"
      ? bank.findPayment(paymentId ?? "")?.payment
      : order?.payments.find(({ status }) => status !== "pending" && status !== "cancelled");
  if (order === null || payment === undefined) return { outcome: "refused", status: 404, code: "order_not_found" };
  const isWhole = charge.method !== "link" && (strayPaymentId !== null || amountCents === charge.amountCents);
  const made = bank.refund(order, { payment, ours, amountCents: isWhole ? null : amountCents });
  if ("refused" in made) return { outcome: "refused", status: made.status, code: made.refused };
  return done({ providerRefundId: made.id, status: made.status });
}
