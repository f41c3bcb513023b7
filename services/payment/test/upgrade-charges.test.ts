import { readFileSync } from "node:fs";
import { join } from "node:path";
import { newId } from "@comanda/primitives";
import { fixedClock, waitFor } from "@comanda/testing";
import { expect, it, onTestFinished } from "vitest";
import { upgradeCharges } from "../src/use-cases/upgrade-charges.ts";
import { aCharge } from "./builders.ts";
import { startHarness } from "./harness.ts";

const DAY_S = 86_400;
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, "stores/golden/charge-format-1.postgres.json"), "utf8"),
);

it("when a newer release came, then old charges are left alone for a day, and then brought up to date, told in figures and log", async () => {
  const harness = await startHarness({ isBackgroundOn: false });
  onTestFinished(() => harness.close());
  const charge = aCharge({ id: newId(), orderId: newId(), providerId: newId() });
  await harness.store.insert(charge);
  const { id, orderId } = charge;
  const old = { ...golden, id, orderId, attempt: 1, version: 1, providerId: charge.providerId };
  await harness.database.pool.query("update charges set document = $2 where id = $1", [id, JSON.stringify(old)]);
  const formatOf = async () =>
    (await harness.database.pool.query("select document from charges")).rows[0]?.document.format;

  const clock = fixedClock("2026-03-10T12:00:00Z");
  const told: object[] = [];
  let counted = 0;
  const note = (record: object) => told.push(record);
  const round = () =>
    upgradeCharges({
      upgrades: harness.store.upgrades,
      clock,
      log: { info: note, warn: note, error: note },
      pause: async () => undefined,
      waitSeconds: DAY_S,
      onUpgraded: (count) => {
        counted += count;
      },
    });
  expect(await round()).toBe(0);
  clock.advanceSeconds(DAY_S - 1);
  expect(await round()).toBe(0);
  expect(await formatOf()).toBe(1);
  const read = await harness.store.get(id);

  clock.advanceSeconds(1);
  expect(await round()).toBe(1);
  expect(await formatOf()).toBe(3);
  expect(await harness.store.get(id)).toStrictEqual(read);
  expect(await round()).toBe(0);
  expect([counted, told]).toEqual([
    1,
    [
      { format: 3, seen: 1, upgraded: 1 },
      { format: 3, seen: 1, upgraded: 1 },
    ],
  ]);
  expect(await round()).toBe(0);
  expect(told).toHaveLength(2);
});

it("when the service runs, then it does so by itself", async () => {
  const harness = await startHarness({ isBackgroundOn: false, upgradeAfterHours: 0 });
  onTestFinished(() => harness.close());
  const { pool } = harness.database;
  const { id } = await harness.request({ method: "counter" });
  await pool.query(
    "update charges set document = ((document::jsonb || '{\"format\": 2}'::jsonb) - 'making' - 'askedAt')::json where id = $1",
    [id],
  );
  harness.service.start();
  await waitFor(
    async () => {
      const { rows } = await pool.query("select document ->> 'format' as format from charges where id = $1", [id]);
      return rows[0]?.format === "3" ? true : null;
    },
    { description: "the charge is brought up to date" },
  );
  const read = async () => (await harness.service.app.inject({ url: "/metrics" })).body;
  // Counted once it is written.
  await expect.poll(read).toContain("payment_charges_upgraded_total 1");
  const figures = await read();
  expect(figures).toContain("payment_charges_unreadable 0");
});
