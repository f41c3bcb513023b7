import type { ChargeDetail, ChargeStatus, OrderPaymentStatus, OrderStatus } from "@comanda/contracts";
import { currentCharge, type LineStatus, type Order } from "../domain/order.ts";

/** What of a first answer cannot be told from what never changes of an order: kept as JSON beside its key. */
export type FirstAnswer = {
  readonly status: OrderStatus;
  readonly paymentStatus: OrderPaymentStatus;
  readonly version: number;
  readonly updatedAt: string;
  readonly lines: readonly LineStatus[];
  readonly charge: {
    readonly status: ChargeStatus;
    readonly qrCode: string | null;
    readonly paymentLink: string | null;
    /** Absent in what was kept before there were card terminals. */
    readonly detail?: ChargeDetail | null;
    readonly expiresAt: string | null;
  } | null;
};

/** The part of an answer that has to be kept. */
export function firstAnswerOf(order: Order): FirstAnswer {
  const charge = currentCharge(order);
  return {
    status: order.status,
    paymentStatus: order.paymentStatus,
    version: order.version,
    updatedAt: order.updatedAt.toISOString(),
    lines: order.lines.map(({ status }) => status),
    charge:
      charge === null
        ? null
        : {
            status: charge.status,
            qrCode: charge.qrCode,
            paymentLink: charge.paymentLink,
            detail: charge.detail,
            expiresAt: charge.expiresAt?.toISOString() ?? null,
          },
  };
}

/** The order as it was answered: the order as placed, with what was kept laid over it. */
export function withFirstAnswer(placed: Order, answer: FirstAnswer): Order {
  const { status, paymentStatus, version, charge } = answer;
  return {
    ...placed,
    status,
    paymentStatus,
    version,
    updatedAt: new Date(answer.updatedAt),
    lines: placed.lines.map((line, index) => ({ ...line, status: answer.lines[index] ?? line.status })),
    charges: placed.charges.map((known) =>
      charge === null
        ? known
        : { ...known, ...charge, expiresAt: charge.expiresAt === null ? null : new Date(charge.expiresAt) },
    ),
  };
}
