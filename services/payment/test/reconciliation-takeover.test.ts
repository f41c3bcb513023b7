import { businessDayOf, newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { expect, it, onTestFinished } from "vitest";
import { startHarness } from "./harness.ts";

it("when the process that compares a day dies in the middle, then another one ends the run", async () => {
  // Nobody works here yet, so that it is the dead one that takes the run.
  const harness = await startHarness({ isBackgroundOn: false });
  onTestFinished(() => harness.close());
  const { reconciliations } = harness.store;
  const day = businessDayOf(new Date(Date.now() - 30 * 86_400_000));
  const request = { id: newId(), day, trigger: "person", key: newId(), requestedAt: new Date() } as const;
  await reconciliations.request(request);
  const dead = await reconciliations.claim({ leaseMs: 10 });
  expect(dead?.id).toBe(request.id);
  await waitFor(async () => Date.now() > (dead?.startedAt?.getTime() ?? 0) + 20);
  const another = await harness.makeService();
  another.start();
  onTestFinished(() => another.close());
  const done = await waitFor(
    async () => {
      const run = (await harness.call("GET", `/payments/reconciliations/${request.id}`, { as: "admin" })).json();
      return run.status === "done" ? run : null;
    },
    { timeoutMs: 20_000, description: "the run to be ended by another" },
  );
  expect(done).toMatchObject({ attempts: 2 });
});
