import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { examples, type PaymentSnapshot } from "@comanda/contracts";
import { newId } from "@comanda/primitives";

/** How the payment service behaves towards the order service. */
type FakeMode =
  | "up"
  /** Connections are cut. */
  | "down"
  /** Answers after the order's patience is over, having made the charge. */
  | "slow"
  /** The provider is away: the charge is written and has no QR yet. */
  | "without-provider"
  /** Answers with somebody else's charge. */
  | "lies"
  /** The provider refuses. */
  | "refuses";

type Charge = PaymentSnapshot;

/** Payment and auth as the order service meets them, by the examples of the contracts, over real HTTP. */
export type FakePayment = {
  readonly url: string;
  mode: FakeMode;
  readonly charges: Map<string, Charge>;
  /** The devices with a card terminal, and the order whose charge is there. */
  readonly terminals: Map<string, string | null>;
  /** What came over HTTP, such as `POST /payments/`. */
  readonly requests: {
    readonly line: string;
    readonly body: Record<string, unknown>;
    readonly key: string | undefined;
  }[];
  /** The events that were delivered, oldest first. */
  readonly events: { readonly type: string; readonly subject: string; readonly data: Record<string, unknown> }[];
  /** A charge moves on; gives the event that payment says then. */
  readonly move: (paymentId: string, difference: Partial<Charge>) => ReturnType<typeof eventOf>;
  /** The charge of an order, once payment has heard of it. */
  readonly chargeOf: (orderId: string) => Charge | undefined;
  readonly close: () => Promise<void>;
};

export const QR =
  "00020101021226580014br.gov.bcb.pix0136d6d5ef3a-c1b2-4a53-a2b1-5e2f0b6d1c3a520400005303986540542.905802BR5907COMANDA6009SAO PAULO62070503***6304ABCD";

export async function startFakePayment(): Promise<FakePayment> {
  const charges = new Map<string, Charge>();
  const server = createServer((request, response) => {
    void answer(fake, request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const fake: FakePayment = {
    url: `http://127.0.0.1:${address.port}`,
    mode: "up",
    charges,
    terminals: new Map(),
    requests: [],
    events: [],
    move: (paymentId, difference) => {
      const charge = charges.get(paymentId);
      if (charge === undefined) throw new Error("payment has no such charge");
      const next = { ...charge, version: charge.version + 1, ...difference };
      charges.set(paymentId, next);
      return eventOf(next);
    },
    chargeOf: (orderId) => [...charges.values()].filter((charge) => charge.order_id === orderId).at(-1),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return fake;
}

/** What payment says of a charge. */
export function eventOf(charge: PaymentSnapshot) {
  return {
    specversion: "1.0",
    id: newId(),
    source: "/payment",
    type: `comanda.payment.${charge.status}`,
    subject: charge.order_id,
    time: new Date().toISOString(),
    datacontenttype: "application/json",
    data: charge,
  };
}

async function answer(fake: FakePayment, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await read(request);
  const path = request.url ?? "/";
  if (path === "/token") return send(response, 200, { access_token: "a.b.c", expires_in: 300 });
  if (fake.mode === "down") {
    request.socket.destroy();
    return;
  }
  if (path === "/events") return takeEvents(fake, JSON.parse(text), response);
  const body = text === "" ? {} : JSON.parse(text);
  fake.requests.push({ line: `${request.method} ${path}`, body, key: request.headers["idempotency-key"]?.toString() });
  if (request.method === "POST" && path === "/payments/") return create(fake, body, response);
  const [, , id = "", action] = path.split("/");
  if (id === "points_of_sale") return send(response, 200, pointOfSale(fake, action ?? ""));
  const charge = fake.charges.get(id);
  if (charge === undefined) return send(response, 404, { code: "not-found" });
  if (action !== "cancel") return send(response, 200, paymentOf(charge));
  if (fake.mode === "without-provider") return send(response, 503, { code: "provider-unavailable" });
  if (charge.approved_at !== null) return send(response, 409, { code: "already-paid" });
  if (["created", "pending"].includes(charge.status))
    fake.move(id, { status: "cancelled", qr_code: null, expires_at: null });
  return send(response, 200, paymentOf(fake.charges.get(id) ?? charge));
}

function pointOfSale({ terminals }: FakePayment, deviceId: string): Record<string, unknown> {
  const orderId = terminals.get(deviceId);
  return {
    device_id: deviceId,
    external_pos_id: null,
    terminal_id: orderId === undefined ? null : "NEWLAND_N950__1",
    terminal_busy_with: orderId == null ? null : { order_id: orderId, payment_id: newId() },
  };
}

async function create(fake: FakePayment, body: Record<string, unknown>, response: ServerResponse): Promise<void> {
  const charge = fake.charges.get(String(body["id"])) ?? chargeFrom(fake.mode, { ...body, payment_id: body["id"] });
  fake.charges.set(charge.payment_id, charge);
  if (fake.mode === "slow") await delay(4_000);
  if (fake.mode === "lies") return send(response, 201, { ...paymentOf(charge), id: newId() });
  send(response, 201, paymentOf(charge));
}

function takeEvents(fake: FakePayment, batch: readonly Record<string, unknown>[], response: ServerResponse): void {
  for (const event of batch) {
    const data = event["data"] as Record<string, unknown>; // what the service under test said
    const type = String(event["type"]);
    fake.events.push({ type, subject: String(event["subject"]), data });
    const id = String(data["payment_id"]);
    if (type === "comanda.order.payment_requested" && !fake.charges.has(id))
      fake.charges.set(id, chargeFrom(fake.mode, data));
  }
  send(response, 200, { results: batch.map(({ id }) => ({ id, outcome: "done" })) });
}

function chargeFrom(mode: FakeMode, wish: Record<string, unknown>): Charge {
  const { payment_id, order_id, attempt, method, amount_cents } = wish as unknown as Charge; // the contract's own fields
  const known = { ...examples.paymentPending, payment_id, order_id, attempt, method, amount_cents, version: 1 };
  const nothing = { qr_code: null, payment_link: null, expires_at: null };
  if (mode === "without-provider") return { ...known, ...nothing, status: "created" };
  if (mode === "refuses") return { ...known, ...nothing, status: "failed" };
  if (method === "link") return { ...known, qr_code: null, payment_link: "https://pay.example.test/1" };
  if (method === "counter" || method === "terminal") return { ...known, qr_code: null };
  return { ...known, qr_code: QR };
}

function paymentOf({ payment_id, ...charge }: Charge): Record<string, unknown> {
  return { id: payment_id, ...charge, provider: "mercadopago", created_at: "2026-01-15T12:00:00.000Z" };
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": status < 400 ? "application/json" : "application/problem+json" });
  response.end(JSON.stringify(body));
}
