import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { makeProduct } from "./menu-builders.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const read = (id: string, headers = {}) => harness.app.inject({ url: `/products/${id}`, headers });

describe("read a product", () => {
  it("when a guest reads it, with either letter case or a trailing slash, then it is the same", async () => {
    const product = await makeProduct(harness);
    for (const id of [product.id, product.id.toUpperCase(), `${product.id}/`]) {
      const answer = await read(id);
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toEqual(product);
    }
  });

  it("when it is sold out, then it is still read, and says so", async () => {
    const product = await makeProduct(harness, { available: false });
    expect((await read(product.id)).json().available).toBe(false);
  });

  it("when it is not on the menu, then a guest gets what an unknown id gets, byte for byte but its address", async () => {
    const product = await makeProduct(harness, { enabled: false });
    const headers = { "x-request-id": "the-same-for-both" };
    const unknown = newId();
    const [hidden, missing] = [await read(product.id, headers), await read(unknown, headers)];
    expect(hidden.statusCode).toBe(404);
    expect(hidden.body).toBe(missing.body.replace(unknown, product.id));
    expect((await read(product.id, await harness.as("admin"))).statusCode).toBe(200);
  });

  it("when it changed, then its ETag did", async () => {
    const product = await makeProduct(harness);
    const { etag } = (await read(product.id)).headers;
    expect((await read(product.id, { "if-none-match": etag })).statusCode).toBe(304);
    const headers = await harness.as("admin");
    await harness.app.inject({ method: "PATCH", url: `/products/${product.id}`, headers, payload: { price_cents: 3 } });
    expect((await read(product.id, { "if-none-match": etag })).statusCode).toBe(200);
  });

  it("when the id cannot be one, then 404", async () => {
    expect((await read("nonsense")).statusCode).toBe(404);
  });
});
