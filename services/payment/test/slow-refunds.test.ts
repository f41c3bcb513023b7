import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ACCESS_TOKEN, type Harness, startHarness } from "./harness.ts";

// A Pix goes back by way of the central bank, which may take minutes (provider §4.4).

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ isProviderTampered: true });
});
afterAll(() => harness.close());
afterEach(async () => {
  harness.proxy.refuse(null);
  await harness.clearFaults();
});

async function paidLink(): Promise<string> {
  const { id } = await harness.request({ method: "link" });
  const { paymentLink } = await harness.becomes(id, "pending");
  await harness.pay({ payment_link: paymentLink ?? "" });
  await harness.becomes(id, "approved");
  return id;
}
const refund = (id: string) =>
  harness.call("POST", `/payments/${id}/refunds`, { as: "admin", headers: { "idempotency-key": newId() } });
const refundIs = (id: string, status: string) =>
  waitFor(
    async () => {
      const charge = await harness.store.get(id);
      return charge?.refunds[0]?.status === status ? charge : null;
    },
    { timeoutMs: 20_000, description: `the refund of ${id} to be ${status}` },
  );
const codesOf = async (id: string): Promise<readonly string[]> =>
  (await harness.call("GET", `/payments/${id}/transactions`, { as: "cashier" }))
    .json()
    .items.map(({ code }: { code: string }) => code);
const returned = async (id: string) => (await harness.ledgerOf(id)).map((row) => row.refunded_cents);

describe("a refund that takes minutes", () => {
  it("when the provider says that it is on its way, then we wait for its end, and nobody is alarmed", async () => {
    const id = await paidLink();
    await harness.faults({ payment_refund_delay_ms: 2_000 });
    await refund(id);
    expect((await refundIs(id, "in_process")).status).toBe("refund_pending");
    await harness.becomes(id, "refunded", 20_000);
    expect(await returned(id)).toEqual([4290]);
    expect(await codesOf(id)).toContain("refund-in-process");
    expect(harness.lines.filter((line) => line.includes("refund-failed") && line.includes(id))).toEqual([]);
  });

  it("when it is refused in the end, then the money is still ours and people are told", async () => {
    const id = await paidLink();
    await harness.faults({ payment_refund_delay_ms: 1_000, refund_failure_rate: 1 });
    await refund(id);
    expect((await refundIs(id, "failed")).status).toBe("approved");
    expect(await returned(id)).toEqual([0]);
    expect(harness.lines.some((line) => line.includes("refund-failed") && line.includes(id))).toBe(true);
  });

  it("when it is answered as refused and goes back all the same, then it is found, and there is one refund", async () => {
    const id = await paidLink();
    harness.proxy.refuse(async ({ method, path }) => {
      if (method !== "POST" || !path.endsWith("/refunds")) return null;
      await fetch(`${harness.sandbox.url}${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${ACCESS_TOKEN}`,
          "x-idempotency-key": `twin-${id}`,
        },
        body: JSON.stringify({ amount: 42.9 }),
      });
      return { status: 400, body: { message: "not completed", error: "bad_request", status: 400, cause: [] } };
    });
    await refund(id);
    await harness.becomes(id, "refunded", 20_000);
    expect(await returned(id)).toEqual([4290]);
    expect((await harness.store.get(id))?.refunds).toHaveLength(1);
    const codes = await codesOf(id);
    expect(codes).toContain("refund-doubted");
    expect(codes.filter((code) => code === "refund-failed" || code === "other")).toEqual([]);
  });

  it("when it is refused again and again, then it is believed", async () => {
    const id = await paidLink();
    const asked: string[] = [];
    harness.proxy.refuse(({ method, path }) => {
      if (method !== "POST" || !path.endsWith("/refunds")) return null;
      asked.push(path);
      return { status: 400, body: { message: "no", error: "bad_request", status: 400, cause: [] } };
    });
    await refund(id);
    await waitFor(async () => ((await harness.store.get(id))?.refunds[0]?.status === "failed" ? true : null), {
      timeoutMs: 60_000,
      description: "the refusal is believed",
    });
    expect(asked).toHaveLength(4);
    expect(await codesOf(id)).toContain("refund-refused");
  }, 90_000);
});
