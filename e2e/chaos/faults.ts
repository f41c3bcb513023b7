import { setTimeout as delay } from "node:timers/promises";
import type { System } from "@comanda/testing/system";

/** Keeps Mercado Pago's bad day going until it is told to end it. */
export type BadDay = { readonly end: () => Promise<void> };

/** What the provider does to us (reliability PA-02). */
const FAULTS = {
  timeout_after_commit_rate: 0.1,
  error_rate: 0.1,
  webhook_duplicate_rate: 0.2,
  webhook_drop_rate: 0.2,
  webhook_reorder_rate: 0.3,
};
const LOOK_EVERY_MS = 250;

/** Sets the faults, and sets them again whenever the sandbox was killed, since a new process has none. */
export async function startBadDay(system: System, seed: number): Promise<BadDay> {
  const url = `${system.sandbox}/sandbox/faults`;
  let isOver = false;
  let times = 0;
  const keep = async () => {
    while (!isOver) {
      try {
        const now = (await (await fetch(url)).json()) as { error_rate: number }; // the sandbox's own answer
        // Each process gets dice of its own, or the first calls after each death would all share one fate.
        if (now.error_rate !== FAULTS.error_rate) await post(url, { ...FAULTS, seed: seed + times++ });
      } catch {
        // It is dead at the moment.
      }
      await delay(LOOK_EVERY_MS);
    }
  };
  await post(url, { ...FAULTS, seed: seed + times++ });
  const keeping = keep();
  return {
    end: async () => {
      isOver = true;
      await keeping;
      for (let tries = 0; tries < 60; tries += 1) {
        try {
          await fetch(url, { method: "DELETE" });
          return;
        } catch {
          await delay(500);
        }
      }
      throw new Error("the sandbox did not come back");
    },
  };
}

async function post(url: string, body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`the sandbox refused the faults: ${await response.text()}`);
}
