import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { makeCategory, makeProduct } from "./menu-builders.ts";

let harness: Harness;
let food: string;
let drinks: string;

beforeAll(async () => {
  harness = await startHarness();
  food = await makeCategory(harness, { name: "Lanches" });
  drinks = await makeCategory(harness, { name: "Bebidas" });
  const description = "Um texto comprido o bastante para valer a pena comprimir, em todas as linguagens do mundo.";
  for (const product of [
    { name: "Água com gás", category_id: drinks, position: 2 },
    { name: "Suco de maracujá 100% fruta", category_id: drinks, position: 2 },
    { name: "X-Salada", category_id: food, position: 1, description },
    { name: "Pão_de_queijo", category_id: food, position: 1, description },
    { name: "Secreto", category_id: food, position: 0, enabled: false, description },
  ]) {
    await makeProduct(harness, product);
  }
});
afterAll(() => harness.close());

type Headers = Record<string, string>;
const list = (query = "", headers: Headers = {}) => harness.app.inject({ url: `/products${query}`, headers });
const names = async (query: string, headers: Headers = {}) =>
  (await list(query, headers)).json().items.map(({ name }: { name: string }) => name);

describe("list products", () => {
  it("when a guest reads without a token, then what is on the menu comes by position, then name", async () => {
    expect(await names("")).toEqual(["Pão_de_queijo", "X-Salada", "Água com gás", "Suco de maracujá 100% fruta"]);
    expect(await names("/")).toEqual(await names(""));
  });

  it("when an admin or manager reads, then disabled products come too; to all others they do not exist", async () => {
    expect(await names("", await harness.as("admin"))).toContain("Secreto");
    expect(await names("?enabled=false", await harness.as("manager"))).toEqual(["Secreto"]);
    for (const role of ["customer", "kitchen", "cashier", "device"] as const) {
      expect(await names("", await harness.as(role))).not.toContain("Secreto");
      expect(await names("?enabled=false", await harness.as(role))).toEqual([]);
    }
  });

  it.each([
    ["agua", ["Água com gás"]],
    ["MARACUJÁ", ["Suco de maracujá 100% fruta"]],
    ["maracuja\u0301", ["Suco de maracujá 100% fruta"]],
    ["100%", ["Suco de maracujá 100% fruta"]],
    ["%", ["Suco de maracujá 100% fruta"]],
    ["_", ["Pão_de_queijo"]],
    ["comprido o bastante", ["Pão_de_queijo", "X-Salada"]],
    ["nada disso", []],
    ["' or 1=1 --", []],
  ])("when %s is searched, then it is taken literally, without case and accents", async (q, expected) => {
    expect(await names(`?q=${encodeURIComponent(q)}`)).toEqual(expected);
  });

  it("when narrowed to a category, then only its products come", async () => {
    expect(await names(`?category_id=${drinks.toUpperCase()}`)).toHaveLength(2);
    expect(await names(`?category_id=${drinks}&q=gas`)).toEqual(["Água com gás"]);
  });

  it("when paged, then every product comes once, whatever the size of the page", async () => {
    for (const limit of [1, 2, 3, 100]) {
      const seen: string[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const page: { items: { name: string }[]; next_cursor: string | null } = (
          await list(`?limit=${limit}${cursor === "" ? "" : `&cursor=${cursor}`}`)
        ).json();
        seen.push(...page.items.map(({ name }) => name));
        expect(page.items.length).toBeLessThanOrEqual(limit);
        cursor = page.next_cursor;
      }
      expect(seen).toEqual(await names(""));
    }
  });

  it.each(["?limit=0", "?limit=101", "?limit=x", "?cursor=abc", "?cursor=W10", "?colour=red", "?category_id=1", "?q="])(
    "when the query is %s, then 422",
    async (query) => {
      const answer = await list(query);
      expect(answer.statusCode).toBe(422);
      expect(answer.json().code).toBe("validation-failed");
      expect(answer.json().errors.length).toBeGreaterThan(0);
    },
  );

  it("when nothing changed, then 304 without a body; when something did, then the new menu", async () => {
    const first = await list("?limit=100");
    const etag = String(first.headers.etag);
    expect(first.headers["cache-control"]).toBe("no-cache");
    expect(first.headers.vary).toContain("accept-encoding");
    for (const value of [etag, `"other", ${etag}`, "*", etag.replace("W/", "")]) {
      const again = await list("?limit=100", { "if-none-match": value });
      expect(again.statusCode).toBe(304);
      expect(again.body).toBe("");
      expect(again.headers.etag).toBe(etag);
    }
    await makeProduct(harness, { name: "Zebra", category_id: food, position: 9 });
    const changed = await list("?limit=100", { "if-none-match": etag });
    expect(changed.statusCode).toBe(200);
    expect(changed.body).toContain("Zebra");
  });

  it("when compression is allowed, then the same menu comes compressed", async () => {
    const plain = await list("?limit=100");
    expect(plain.headers["content-encoding"]).toBeUndefined();
    for (const [accepted, encoding, unpack] of [
      ["gzip, deflate, br", "br", brotliDecompressSync],
      ["gzip;q=1.0, br;q=0", "gzip", gunzipSync],
    ] as const) {
      for (const _again of [1, 2]) {
        const packed = await list("?limit=100", { "accept-encoding": accepted });
        expect(packed.headers["content-encoding"]).toBe(encoding);
        expect(unpack(packed.rawPayload).toString()).toBe(plain.body);
        expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length);
      }
    }
    expect((await list("", { "accept-encoding": "identity, br;q=0" })).headers["content-encoding"]).toBeUndefined();
  });

  it("when another process changes the menu, then this one shows it within a second", async () => {
    const other = await harness.another();
    const answer = await other.app.inject({
      method: "POST",
      url: "/products",
      headers: await harness.as("admin"),
      payload: { name: "De outro processo", price_cents: 100, category_id: food },
    });
    expect(answer.statusCode).toBe(201);
    await waitFor(async () => (await names("?q=outro+processo")).length === 1, { timeoutMs: 1_500 });
  });

  // The two views differ in what they show: bytes of one must never answer the other.
  it("when guest and admin ask the same in turn, then each keeps its own answer", async () => {
    const headers = await harness.as("admin");
    for (const _again of [1, 2, 3]) {
      expect(await names("?limit=50", headers)).toContain("Secreto");
      expect(await names("?limit=50")).not.toContain("Secreto");
    }
  });
});
