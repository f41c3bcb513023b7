import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { startMongoServer } from "@comanda/testing/mongo";
import type { CommandStartedEvent } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectMongo } from "../../src/storage/mongo-connection.ts";
import { onMongo } from "../both-stores.ts";
import { type Harness, startHarness } from "../harness.ts";

const server = await startMongoServer();

/** What the driver sends to keep the connection and to make the indexes: neither reads nor writes a document. */
const HOUSEKEEPING = ["createIndexes", "endSessions", "ping"];
const READS = ["find"];
const WRITES = ["insert", "update", "delete"];

/** What names one document, or the revision that was read of it. */
const NAMES_ONE = ["_id", "dedupeKey"];

// Reliability PA-24, over a whole story: a command that forgets it is money that one server's memory alone knows of.
describe.skipIf(server === null)("the commands of a paid and refunded order, on MongoDB", () => {
  const commands: CommandStartedEvent[] = [];
  let harness: Harness;
  beforeAll(async () => {
    if (server === null) return;
    harness = await startHarness(onMongo(server, { onCommand: (event) => commands.push(event) }));
    await tellTheStory(harness);
  });
  afterAll(async () => {
    await harness?.close();
    await server?.stop();
  });

  const of = (names: readonly string[]) => commands.filter(({ commandName }) => names.includes(commandName));

  it("when the story is told, then every command is of a kind that is looked at below", () => {
    const kinds = new Set(commands.map(({ commandName }) => commandName));
    expect([...kinds].filter((kind) => ![...HOUSEKEEPING, ...READS, ...WRITES].includes(kind))).toEqual([]);
    const written = [...new Set(of(WRITES).map(({ command }) => command["insert"] ?? command["update"]))];
    expect(written).toEqual(expect.arrayContaining(["audit_head", "audit_trail", "charges", "notices"]));
  });

  it("when anything is written, then the majority and its journals have it, and a session to try again under", () => {
    const careless = of(WRITES).filter(({ command }) => {
      const { w, j } = command["writeConcern"] ?? {};
      return w !== "majority" || j !== true || command["lsid"] === undefined;
    });
    expect(careless).toEqual([]);
    expect(of(WRITES).length).toBeGreaterThanOrEqual(15);
  });

  // A server that knows no retryable writes (FerretDB) is sent no number; then it is the client's wish that counts.
  it("when a write is tried again, then the server knows it by its number, where it keeps such", async () => {
    const { client } = await connectMongo(addressOf(), {});
    const { logicalSessionTimeoutMinutes, setName } = await client.db().admin().command({ hello: 1 });
    const canRetry = typeof logicalSessionTimeoutMinutes === "number" && typeof setName === "string";
    const { retryWrites } = client.options;
    await client.close();
    expect(retryWrites).toBe(true);
    // A write of many documents cannot be numbered; there is none in the story.
    const unnumbered = of(WRITES).filter(({ command }) => command["txnNumber"] === undefined);
    expect(unnumbered).toHaveLength(canRetry ? 0 : of(WRITES).length);
  });

  it("when anything is read, then it is what the majority holds, from the primary", () => {
    expect(of(READS).filter(({ command }) => command["readConcern"]?.level !== "majority")).toEqual([]);
    const elsewhere = commands.filter(({ command }) => (command["$readPreference"]?.mode ?? "primary") !== "primary");
    expect(elsewhere).toEqual([]);
    expect(of(READS).length).toBeGreaterThanOrEqual(15);
  });

  it("when anything is changed, then it is one document, by its name, and a charge by the revision that was read", () => {
    const changes = of(["update", "delete"]).flatMap(({ command }) =>
      ((command["updates"] ?? command["deletes"]) as readonly Change[]).map((change) => ({
        collection: String(command["update"] ?? command["delete"]),
        ...change,
      })),
    ); // the driver types commands loosely; these two fields are MongoDB's own
    expect(changes.filter(({ multi, limit }) => multi === true || limit === 0)).toEqual([]);
    expect(changes.filter(({ q }) => !NAMES_ONE.some((name) => typeof q[name] === "string"))).toEqual([]);
    const ofCharges = changes.filter(({ collection }) => collection === "charges");
    expect(ofCharges.filter(({ q }) => typeof q["revision"] !== "number")).toEqual([]);
    expect(ofCharges.length).toBeGreaterThanOrEqual(8);
    // A notice that was told of again is only counted. That it is done is right in whatever state it is, and whoever says
    // so first; for all else the filter says in which state it was found.
    const ofNotices = changes.filter(({ collection, q }) => collection === "notices" && q["dedupeKey"] === undefined);
    const isOfState = ({ q }: Change) => q["availableAt"] !== undefined || q["doneAt"] !== undefined;
    const saysDone = { $min: { doneAt: expect.any(Date) }, $unset: { availableAt: "" } };
    const others = ofNotices.filter((change) => !isOfState(change)).map(({ u }) => u);
    expect(others).toEqual(others.map(() => saysDone));
    expect(others.length).toBeGreaterThanOrEqual(1);
  });
});

type Change = {
  readonly q: Readonly<Record<string, unknown>>;
  readonly u?: Readonly<Record<string, unknown>>;
  readonly multi?: boolean;
  readonly limit?: number;
};

/** An order is asked for, looked at, paid, told of twice, and given back by line and whole; another is withdrawn. */
async function tellTheStory(harness: Harness): Promise<void> {
  await harness.faults({ refund_delay_ms: 20, webhook_duplicate_rate: 1 });
  const charge = await harness.request({ items: [{ id: "1", title: "Pastel", quantity: 3, unit_price_cents: 1_430 }] });
  await harness.pay({ qr_code: charge.qr_code });
  await harness.becomes(charge.id, "approved", 15_000);
  const refund = (body: unknown) =>
    harness.call("POST", `/payments/${charge.id}/refunds`, {
      as: "admin",
      body,
      headers: { "idempotency-key": newId() },
    });
  await refund({ items: [{ id: "1", quantity: 1 }], reason: "em falta" });
  await harness.becomes(charge.id, "partially_refunded", 15_000);
  await refund({ reason: "desistiu" });
  await harness.becomes(charge.id, "refunded", 15_000);
  const withdrawn = await harness.request();
  await harness.call("POST", `/payments/${withdrawn.id}/cancel`, { as: "service" });
  for (const url of ["/payments/", `/payments/${charge.id}`, `/payments/${charge.id}/transactions`]) {
    expect((await harness.call("GET", url, { as: "admin" })).statusCode).toBe(200);
  }
  await waitFor(async () => (await harness.store.get(charge.id))?.unsent.length === 0, {
    timeoutMs: 15_000,
    description: "every event to be delivered",
  });
}

function addressOf(): string {
  if (server === null) throw new Error("there is no server, and the suite should have been skipped");
  return server.uri("test_options");
}
