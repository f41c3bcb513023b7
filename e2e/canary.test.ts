import { waitFor } from "@comanda/testing";
import { scan } from "@comanda/testing/canary";
import { startMongoServer } from "@comanda/testing/mongo";
import { type System, startSystem } from "@comanda/testing/system";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStage, type Stage } from "./canary/cast.ts";
import { type Client, createClient } from "./canary/client.ts";
import { type Guest, guestsCome } from "./canary/guests.ts";
import { LAWFUL } from "./canary/lawful.ts";
import { poison, wrongPlaces } from "./canary/mischief.ts";
import { noticesCome, ordersArePaid } from "./canary/money.ts";
import { readPlaces } from "./canary/places.ts";
import { plantSecrets } from "./canary/secrets.ts";
import { staffCome } from "./canary/staff.ts";

const server = await startMongoServer();
afterAll(() => server?.stop());

const inMongo = server === null ? [] : [{ name: "MongoDB", mongodbUri: server.uri(`canary_${process.pid}`) }];
const stores = [{ name: "PostgreSQL", mongodbUri: null }, ...inMongo];

/** Vera goes, and all services have done their part. */
async function goes({ client, system }: Stage, { id, token }: Guest): Promise<void> {
  const gone = await client.ask("DELETE", `${system.web}/customers/${id}`, { token, expect: 202 });
  const receipt = `${system.web}/customers/erasures/${gone.json["id"]}`;
  await waitFor(async () => (await client.ask("GET", receipt)).json["status"] === "done", {
    timeoutMs: 30_000,
    description: "order and payment to have forgotten Vera",
  });
}

/** What staff are shown of how things went: without secrets, and of guests nothing but ids. */
async function readReports(
  { client, system }: Stage,
  { admin, order, payment }: { admin: string; order: string; payment: string },
): Promise<void> {
  const [of, o, p] = [system.web, system.order, system.payment];
  await client.show("transactions", `${of}/payments/${payment}/transactions`, admin);
  await client.show("tracking", `${of}/orders/${order}/tracking`, admin);
  await client.show("parked events", `${p}/events/parked`, admin);
  await client.show("audit of auth", `${system.auth}/audit/auth?limit=100`, admin);
  await client.show("audit of order", `${o}/audit/order?limit=100`, admin);
  await client.show("audit of payment", `${p}/audit/payment?limit=100`, admin);
}

// Reliability OP-50, AU-34 and PA-27 with the services as they run, on each store that payment can have.
describe.each(stores)("what was planted, with the charges in $name", ({ name, mongodbUri }) => {
  let system: System;
  let client: Client;
  let stage: Stage;
  beforeAll(async () => {
    system = await startSystem({ LOG_LEVEL: "debug", ...(mongodbUri === null ? {} : { MONGODB_URI: mongodbUri }) });
    client = createClient();
    stage = openStage(system, client);
  }, 120_000);
  afterAll(() => system.stop(), 60_000);

  it("when a whole story has been played, then nothing of it stands where it must not", async () => {
    const secrets = await plantSecrets(stage);
    const { rosa, vera } = await guestsCome(stage);
    const { admin } = await staffCome(stage, secrets);
    const paid = await ordersArePaid(stage, { rosa, vera, admin });
    await noticesCome(stage, secrets);
    await wrongPlaces(stage, { guest: rosa, admin });
    await poison(stage, admin);
    await goes(stage, vera);
    await readReports(stage, { admin, ...paid });

    const places = [...client.seen(), ...(await readPlaces(system, mongodbUri))];
    const { findings, unneeded } = scan(places, stage.canaries(), LAWFUL);
    expect(findings).toEqual([]);
    expect(unneeded, "words of the allow-list that nothing needed").toEqual([]);
    // Not a scan of nothing: each process has logged, and each kind of place was read.
    for (const service of ["auth", "order", "payment", "gateway"]) {
      const log = places.find(({ place }) => place.startsWith(`file data/logs/${service}`));
      expect(log?.text, service).toContain('"msg":');
    }
    expect(places.filter(({ place }) => place.startsWith("refusal")).length).toBeGreaterThan(200);
    const charges = name === "PostgreSQL" ? "payment.charges.document" : "payment.charges.charge.status";
    expect(places.find(({ place }) => place === charges)?.text).toContain("refunded");
  }, 180_000);
});
