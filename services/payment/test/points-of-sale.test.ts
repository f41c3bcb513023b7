import { newId } from "@comanda/primitives";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { setUpTerminal } from "./terminal-harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ isBackgroundOn: false });
});
afterAll(() => harness.close());
afterEach(() => harness.clearFaults());

const TERMINAL = "NEWLAND_N950__SBX0000001";
const put = (deviceId: string, body: unknown) =>
  harness.call("PUT", `/payments/points_of_sale/${deviceId}`, { as: "admin", body });
const get = async (deviceId: string) =>
  (await harness.call("GET", `/payments/points_of_sale/${deviceId}`, { as: "admin" })).json();
const posOf = async (charge: { provider_id: string }) => {
  const { body } = await harness.toSandbox(`/v1/orders/${charge.provider_id}`);
  return body["config"]?.["qr"]?.["external_pos_id"];
};

describe("points of sale", () => {
  it("when a device has a point of sale of its own, then its QR is of that one, and of the default one without", async () => {
    const { deviceId, externalPosId } = await setUpTerminal(harness);
    expect(await posOf(await harness.request({ device_id: deviceId }))).toBe(externalPosId);
    expect(await posOf(await harness.request({ device_id: newId() }))).toBe("COMANDA01");
    expect(await posOf(await harness.request())).toBe("COMANDA01");
  });

  // A repeated call must say the same, or the provider refuses its key.
  it("when the point of sale changes while a charge is being made, then the charge keeps its own", async () => {
    const { deviceId, externalPosId } = await setUpTerminal(harness);
    await harness.faults({ timeout_after_commit_rate: 1 });
    const charge = await harness.request({ device_id: deviceId });
    expect(charge.status).toBe("created");
    await harness.clearFaults();
    await put(deviceId, {});
    expect((await harness.store.get(charge.id))?.place?.externalPosId).toBe(externalPosId);
    const other = await harness.makeService();
    other.start();
    await harness.becomes(charge.id, "pending", 15_000);
    await other.close();
    expect(await harness.ledgerOf(charge.id)).toHaveLength(1);
  });

  it("when a device is set up, then it is read back, listed, and forgotten when it names nothing", async () => {
    const deviceId = newId();
    expect(await get(deviceId)).toMatchObject({ external_pos_id: null, terminal_id: null, terminal_busy_with: null });
    const set = await put(deviceId, { external_pos_id: "CAIXA7", terminal_id: TERMINAL });
    expect(set.json()).toMatchObject({ device_id: deviceId, external_pos_id: "CAIXA7", terminal_id: TERMINAL });
    expect((await put(deviceId, { external_pos_id: "CAIXA7", terminal_id: TERMINAL })).statusCode).toBe(200);
    const list = (await harness.call("GET", "/payments/points_of_sale", { as: "manager" })).json();
    expect(list.default_external_pos_id).toBe("COMANDA01");
    expect(list.items.map((item: { device_id: string }) => item.device_id)).toContain(deviceId);
    await put(deviceId, { terminal_id: null });
    expect(await get(deviceId)).toMatchObject({ external_pos_id: null, terminal_id: null, updated_at: null });
  });

  it("when the terminal does not exist, then 422; with the provider away, then it is believed", async () => {
    const deviceId = newId();
    expect((await put(deviceId, { terminal_id: "NEWLAND_N950__NADA" })).json().code).toBe("terminal-unknown");
    expect(await get(deviceId)).toMatchObject({ terminal_id: null });
    await harness.faults({ down: true });
    expect((await put(deviceId, { terminal_id: "NEWLAND_N950__NADA" })).statusCode).toBe(200);
  });

  it.each([
    ["an id that is none", "1", {}],
    ["an unknown field", newId(), { terminal: TERMINAL }],
    ["a terminal with a space", newId(), { terminal_id: "A B" }],
    ["a point of sale with a dash", newId(), { external_pos_id: "TOTEM-1" }],
    ["a point of sale that is too long", newId(), { external_pos_id: "A".repeat(41) }],
    ["a number", newId(), { terminal_id: 1 }],
  ])("when %s is sent, then 404 or 422, and nothing is kept", async (_what, deviceId, body) => {
    expect([404, 422]).toContain((await put(deviceId, body)).statusCode);
    if (deviceId !== "1") expect(await get(deviceId)).toMatchObject({ external_pos_id: null, terminal_id: null });
  });
});

describe("card terminals", () => {
  it("when they are listed, then each tells its mode, its point of sale and its devices", async () => {
    const { deviceId, terminalId, externalPosId } = await setUpTerminal(harness);
    const { items } = (await harness.call("GET", "/payments/terminals", { as: "manager" })).json();
    expect(items).toContainEqual({
      id: terminalId,
      operating_mode: "PDV",
      external_pos_id: externalPosId,
      device_ids: [deviceId],
    });
    expect(items.map(({ id }: { id: string }) => id)).toContain(TERMINAL);
  });

  it("when there are more than one page of them, then all are listed", async () => {
    for (let index = 0; index < 55; index += 1) {
      const id = `NEWLAND_N950__SBX2${String(index).padStart(6, "0")}`;
      await harness.toSandbox("/sandbox/terminals", { id, external_pos_id: "COMANDA01" });
    }
    const { items } = (await harness.call("GET", "/payments/terminals", { as: "manager" })).json();
    expect(items.length).toBeGreaterThanOrEqual(56);
    expect(new Set(items.map(({ id }: { id: string }) => id)).size).toBe(items.length);
  });

  it("when the provider is away, then 503 and when to ask again", async () => {
    await harness.faults({ down: true });
    const answer = await harness.call("GET", "/payments/terminals", { as: "admin" });
    expect(answer.json()).toMatchObject({ status: 503, code: "provider-unavailable" });
    expect(answer.headers["retry-after"]).toBeDefined();
  });
});
