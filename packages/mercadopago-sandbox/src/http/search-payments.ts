import { instantMs } from "../domain/dates.ts";
import type { Answer } from "../idempotency.ts";
import type { JsonObject } from "../json.ts";
import { currentOrder, currentPayment } from "../use-cases/current-charge.ts";
import type { World } from "../world.ts";
import type { Call } from "./operation.ts";
import { pageOf } from "./paging.ts";
import { instoreState, presentInstorePayment, presentPayment } from "./present-payment.ts";

/** What a search looks at; the answer itself is only made for the rows of its page. */
type Row = {
  id: number;
  createdMs: number;
  updatedMs: number;
  approvedMs: number | null;
  status: string;
  present: () => JsonObject;
};

const instants = { date_created: "createdMs", date_last_updated: "updatedMs", date_approved: "approvedMs" } as const;

/** `GET /v1/payments/search`: the caller's payments, those behind paid orders included. */
export const searchPayments = (world: World, { seller, query }: Call<undefined>): Answer => {
  const range = query["range"] ?? "date_created";
  const instant = Object.hasOwn(instants, range) ? instants[range as keyof typeof instants] : "createdMs"; // hasOwn proves the key
  const instantOf = (row: Row) => row[instant] ?? 0;
  const [fromMs, toMs] = [instantMs(query["begin_date"] ?? ""), instantMs(query["end_date"] ?? "")];
  const direction = query["criteria"] === "asc" ? 1 : -1;
  const found = rowsOf(world, { userId: seller.userId, reference: query["external_reference"] })
    .filter((row) => query["status"] === undefined || row.status === query["status"])
    .filter((row) => fromMs === undefined || instantOf(row) >= fromMs)
    .filter((row) => toMs === undefined || instantOf(row) <= toMs)
    .sort((a, b) => direction * (instantOf(a) - instantOf(b) || a.id - b.id));
  const { rows, limit, offset } = pageOf(found, query);
  return {
    status: 200,
    body: { paging: { total: found.length, limit, offset }, results: rows.map(({ present }) => present()) },
  };
};

const rowsOf = (world: World, { userId, reference }: { userId: string; reference: string | undefined }): Row[] => {
  const key = `${userId} ${reference}`;
  const payments =
    reference === undefined ? [...world.tables.payments.values()] : world.indexes.paymentsByReference(key);
  const orders = reference === undefined ? [...world.tables.orders.values()] : world.indexes.ordersByReference(key);
  return [
    ...payments
      .map((payment) => currentPayment(world, String(payment.id)) ?? payment)
      .filter((payment) => payment.userId === userId)
      .map((payment) => ({ ...payment, present: () => presentPayment(world, payment) })),
    // An order has a payment from the moment it is paid (C: seen at integrators, by the number it gives).
    ...orders.flatMap((one) => {
      if (one.paid === null || one.userId !== userId) return [];
      const order = currentOrder(world, one.id) ?? one;
      const { paid, updatedMs } = order;
      if (paid === null) return [];
      const { paidMs, referenceId: id } = paid;
      const { status } = instoreState(order);
      return [
        {
          id,
          createdMs: paidMs,
          approvedMs: paidMs,
          updatedMs,
          status,
          present: () => presentInstorePayment(order, paid),
        },
      ];
    }),
  ];
};
