import { type ChargeDetail, toChargeDetail } from "@comanda/contracts";
import { addSeconds, toDecimalText } from "@comanda/primitives";
import { Order } from "mercadopago";
import type { Static } from "typebox";
import type { Charge } from "../../domain/charge.ts";
import { type CreatedAtProvider, type ProviderResult, TERMINAL_BUSY } from "../../domain/provider-charge.ts";
import { createKeyOf } from "../../domain/provider-keys.ts";
import { OrderAnswer } from "./answers.ts";
import { instantOf, mapDone } from "./outcomes.ts";
import type { Sdk } from "./sdk-call.ts";

type OrderBody = Static<typeof OrderAnswer>;

/** Charges at a card terminal: orders of type `point` in the Orders API, queued at one terminal, one at a time. */
export function makePointOrders({ sdk }: { readonly sdk: Sdk }) {
  return {
    create: async (charge: Charge, seconds: number): Promise<ProviderResult<CreatedAtProvider>> => {
      const result = await sdk({
        answer: OrderAnswer,
        key: createKeyOf(charge),
        send: (config) => new Order(config).create({ body: orderBody(charge, seconds) }),
      });
      if (result.outcome === "refused" && result.code.startsWith("already_queued_order")) {
        return { ...result, code: TERMINAL_BUSY };
      }
      return mapDone(result, (order) => createdFrom(order, seconds));
    },
  };
}

/** No payer, no items: the terminal shows the description and the amount, and nothing else is taken (provider §7.2). */
function orderBody(charge: Charge, seconds: number) {
  const amount = toDecimalText(charge.amountCents);
  const ticketNumber = /\d{1,20}/.exec(charge.description)?.[0];
  const body = {
    type: "point",
    description: charge.description,
    external_reference: charge.id,
    expiration_time: `PT${seconds}S`,
    // The SDK does not know this part of the configuration and sends it on as it is (provider §0.1, 3).
    config: {
      point: {
        terminal_id: charge.place?.terminalId ?? "",
        print_on_terminal: "no_ticket",
        ...(ticketNumber === undefined ? {} : { ticket_number: ticketNumber }),
      },
    },
    transactions: { payments: [{ amount }] },
  };
  return body as Parameters<Order["create"]>[0]["body"]; // config.point is missing from the SDK's types
}

function createdFrom(order: OrderBody, seconds: number): CreatedAtProvider {
  const createdAt = instantOf(order.created_date);
  return {
    providerId: order.id,
    paymentId: order.transactions?.payments?.[0]?.id ?? null,
    qrCode: null,
    paymentLink: null,
    expiresAt: createdAt === null ? null : addSeconds(createdAt, seconds),
    distrust: null,
  };
}

/** What a person at the terminal has to know, from the order and its only transaction. */
export function terminalDetailOf(order: OrderBody): ChargeDetail | null {
  const said = order.transactions?.payments?.[0]?.status_detail ?? null;
  switch (order.status) {
    case "created":
      return "sent_to_terminal";
    case "at_terminal":
      return said === "cancellation_requested" ? said : "at_terminal";
    case "action_required":
      return "check_on_terminal";
    case "failed":
      return toChargeDetail(said) ?? "failed";
    case "canceled":
      return said === "canceled_on_terminal" ? said : null;
    default:
      return null;
  }
}
