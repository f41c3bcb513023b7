import { createPostgresTrail } from "@comanda/audit";
import { newId, systemClock } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makePrivacyJobs } from "../src/use-cases/privacy-jobs.ts";
import { type Auth, callAuth, signToken, startAuth } from "./harness.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

it("when entries of auth's trail are older than five years, then its jobs cut them off, and the verification says so", async () => {
  // Its own first round may come at any moment, and would be earlier than this test.
  await auth.stop();
  const trail = createPostgresTrail(auth.people.db);
  for (const at of [new Date("2020-01-02"), new Date("2020-01-03"), new Date()]) {
    const who = { actor: null, target: null, address: null, requestId: null };
    await trail.append({ id: newId(), at, action: "sign-in", outcome: "ok", ...who, details: {} });
  }
  const token = await signToken(auth, { role: "admin" });
  const verify = async () => (await callAuth(auth, "GET", "/audit/auth/verification", { token })).json();
  expect(await verify()).toMatchObject({ is_intact: true, begins_after: null });
  const [, second] = await trail.read(0, 2);
  const jobs = makePrivacyJobs({
    ...{ people: auth.people, trail, clock: systemClock, log: auth.log, repeatsErasures: false },
    ...{ noteRevocations: async () => undefined, wakeRelay: () => undefined },
  });
  jobs.start();
  await waitFor(async () => (await trail.anchor()).seq === 2);
  await jobs.stop();
  expect(await verify()).toMatchObject({
    ...{ is_intact: true, first_bad: null },
    begins_after: { seq: 2, hash: second?.hash.toString("hex") },
  });
  const page = (await callAuth(auth, "GET", "/audit/auth?action=cut-audit", { token })).json();
  expect(page.items.map(({ entry }: { entry: object }) => entry)).toMatchObject([
    { actor: null, details: { rows: 2 } },
  ]);
});
