import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeJwt } from "jose";

type Heard = { readonly service: string; readonly customerId: string; readonly erasureId: string };

/** Order and payment as auth meets them: they hold something of somebody, hear of erasures, and can be away. */
export type OtherServices = {
  readonly settings: { readonly ORDER_URL: string; readonly PAYMENT_URL: string };
  /** What they hold, by person; under `<id>?recognised=true` what order holds for the shop's look. */
  readonly held: Map<string, { orders: unknown[]; payments: unknown[] }>;
  readonly heard: Heard[];
  /** What a service answers to an erasure; `done` unless said otherwise. */
  readonly outcomes: Map<string, "done" | "retry">;
  readonly away: Set<string>;
  readonly close: () => Promise<void>;
};

export async function startOtherServices(): Promise<OtherServices> {
  const held: OtherServices["held"] = new Map();
  const heard: Heard[] = [];
  const outcomes: OtherServices["outcomes"] = new Map();
  const away = new Set<string>();

  async function answer(service: "order" | "payment", request: IncomingMessage, response: ServerResponse) {
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const token = request.headers.authorization?.replace("Bearer ", "");
    const claims = token === undefined ? null : decodeJwt(token);
    if (claims?.["client_id"] !== "auth" || claims["role"] !== "service" || claims.aud !== service)
      return send(403, {});
    if (away.has(service)) return send(503, {});
    const path = request.url ?? "";
    if (path.startsWith("/privacy/customers/")) {
      const asked = path.slice("/privacy/customers/".length);
      const { orders, payments } = held.get(asked) ?? { orders: [], payments: [] };
      return send(200, service === "order" ? { orders } : { payments });
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const batch: { id: string; data: { customer_id: string; erasure_id: string } }[] = JSON.parse(
      Buffer.concat(chunks).toString("utf8"),
    );
    for (const { data } of batch) {
      heard.push({ service, customerId: data.customer_id, erasureId: data.erasure_id });
    }
    const outcome = outcomes.get(service) ?? "done";
    return send(200, { results: batch.map(({ id }) => ({ id, outcome, reason: "money is moving" })) });
  }

  const servers = await Promise.all(
    (["order", "payment"] as const).map(async (service) => {
      const server = createServer((request, response) => void answer(service, request, response));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      // A listening TCP server has this kind of address.
      return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    }),
  );
  const [order, payment] = servers;
  return {
    settings: { ORDER_URL: order?.url ?? "", PAYMENT_URL: payment?.url ?? "" },
    held,
    heard,
    outcomes,
    away,
    close: async () => {
      await Promise.all(
        servers.map(({ server }) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
}
