import { createHmac, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { System } from "@comanda/testing/system";
import { type Outcome, runLoad } from "../load.ts";
import { outcomeOf } from "./stores.ts";

type Load = { readonly system: System; readonly clients: number; readonly seconds: number };

/** `POST /payments/` as the order asks, each an order of its own; at the counter, so that no provider is waited for. */
export async function measureCreation({ system, clients, seconds }: Load): Promise<Outcome> {
  const authorization = `Bearer ${await serviceToken(system)}`;
  return runLoad({
    url: `${system.payment}/payments/`,
    method: "POST",
    clients,
    seconds,
    vary: () => ({
      headers: { "content-type": "application/json", authorization },
      body: JSON.stringify({
        order_id: randomUUID(),
        attempt: 1,
        customer_id: null,
        amount_cents: 4290,
        method: "counter",
        description: "Pedido 47",
        items: [{ title: "X-Salada", quantity: 1, unit_price_cents: 4290 }],
      }),
    }),
  });
}

/**
 * Signed notifications of a kind that is only written down: checked, stored, answered, taken and settled. A notification
 * counts when it is settled: the rate is over the time until none is left, the times are those of the answers.
 */
export async function measureNotices({ system, clients, seconds }: Load): Promise<Outcome> {
  const sign = await signer(system);
  const before = await readNotices(system);
  const startedAt = performance.now();
  const outcome = await runLoad({
    url: `${system.payment}/payments/webhook?data.id=1&type=mp-connect`,
    method: "POST",
    clients,
    seconds,
    vary: () => ({ headers: sign("1"), body: "{}" }),
  });
  for (;;) {
    const { answered, settled } = await readNotices(system);
    const handled = settled - before.settled;
    if (handled >= answered - before.answered) {
      return { ...outcome, perSecond: handled / ((performance.now() - startedAt) / 1_000) };
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function readNotices({ payment }: System): Promise<{ readonly answered: number; readonly settled: number }> {
  const text = await (await fetch(`${payment}/metrics`)).text();
  const of = (series: RegExp) => Number(series.exec(text)?.[1] ?? 0);
  return {
    answered: of(
      /^http_server_request_duration_seconds_count\{method="POST",route="\/payments\/webhook",status="200"\} (\d+)$/m,
    ),
    settled: of(/^payment_background_total\{loop="notices"\} (\d+)$/m),
  };
}

/** Notifications at a steady rate, whatever the answers do; each one's time from when it was due. */
export async function measureAnswers(options: {
  readonly system: System;
  readonly perSecond: number;
  readonly seconds: number;
}): Promise<Outcome> {
  const { system, perSecond, seconds } = options;
  const sign = await signer(system);
  const url = `${system.payment}/payments/webhook?data.id=1&type=mp-connect`;
  const times: number[] = [];
  let wrong = 0;
  const startedAt = performance.now();
  const one = async (dueAt: number) => {
    const answer = await fetch(url, { method: "POST", headers: sign("1"), body: "{}" });
    await answer.arrayBuffer();
    if (answer.status !== 200) wrong += 1;
    times.push(performance.now() - dueAt);
  };
  const under: Promise<void>[] = [];
  for (let count = 0; count < perSecond * seconds; count += 1) {
    const dueAt = startedAt + (count * 1_000) / perSecond;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    under.push(one(dueAt));
  }
  await Promise.all(under);
  return outcomeOf(times, { seconds: (performance.now() - startedAt) / 1_000, wrong });
}

async function signer({ dataDir }: System): Promise<(id: string) => Record<string, string>> {
  const secret = (await readFile(join(dataDir, "secrets", "sandbox-webhook-secret"), "utf8")).trim();
  return (id) => {
    const requestId = randomUUID();
    const ts = String(Date.now());
    const v1 = createHmac("sha256", secret).update(`id:${id};request-id:${requestId};ts:${ts};`).digest("hex");
    return { "content-type": "application/json", "x-request-id": requestId, "x-signature": `ts=${ts},v1=${v1}` };
  };
}

async function serviceToken({ auth, dataDir }: System): Promise<string> {
  const secret = (await readFile(join(dataDir, "secrets", "order-client-secret"), "utf8")).trim();
  const body = new URLSearchParams({ grant_type: "client_credentials", client_id: "order", client_secret: secret });
  const answer = await fetch(`${auth}/token`, { method: "POST", body });
  const { access_token: token } = (await answer.json()) as { access_token?: string }; // RFC 6749
  if (token === undefined) throw new Error(`no service token: ${answer.status}`);
  return token;
}
