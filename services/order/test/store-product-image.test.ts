import { randomBytes } from "node:crypto";
import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { makeProduct } from "./menu-builders.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const MAGIC = {
  "image/png": Buffer.from("89504e470d0a1a0a", "hex"),
  "image/jpeg": Buffer.from("ffd8ffe0", "hex"),
  "image/webp": Buffer.from("RIFF\u0010\u0000\u0000\u0000WEBPVP8 ", "latin1"),
};
const photo = (type: keyof typeof MAGIC, size = 3000) =>
  Buffer.concat([MAGIC[type], randomBytes(size - MAGIC[type].length)]);

function pngOf(width: number, height: number): Buffer {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return Buffer.concat([MAGIC["image/png"], Buffer.from("\0\0\0\rIHDR", "latin1"), size, Buffer.from([8, 2, 0, 0, 0])]);
}

/** A start, a comment, and one frame of three components. */
function jpegOf(width: number, height: number): Buffer {
  const frame = Buffer.from("ffc000110800000000030111000211010311010000", "hex");
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([Buffer.from("ffd8fffe0004c0c0", "hex"), frame]);
}

function webpOf(kind: string, head: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`RIFF\0\0\0\0WEBP${kind}\0\0\0\0`, "latin1"), head, Buffer.alloc(10)]);
}

const store = async (id: string, type: string, payload: Buffer | string) =>
  harness.app.inject({
    method: "PUT",
    url: `/products/${id}/image`,
    headers: { ...(await harness.as("admin")), "content-type": type },
    payload,
  });
const fetchImage = (url: string, headers = {}) => harness.app.inject({ url, headers });

describe("store a photo, and serve it", () => {
  it.each(["image/png", "image/jpeg", "image/webp"] as const)(
    "when it is %s, then its address carries a hash and it may be kept for ever",
    async (type) => {
      const product = await makeProduct(harness);
      const bytes = photo(type);
      const stored = await store(product.id, type, bytes);
      expect(stored.statusCode).toBe(200);
      const { image_url } = stored.json();
      expect(image_url).toMatch(new RegExp(`^/products/${product.id}/image\\?v=[\\w-]{22}$`));
      expect((await fetchImage(`/products/${product.id}`)).json().image_url).toBe(image_url);

      const served = await fetchImage(image_url);
      expect(served.statusCode).toBe(200);
      expect(served.rawPayload.equals(bytes)).toBe(true);
      expect(served.headers["content-type"]).toBe(type);
      expect(served.headers["x-content-type-options"]).toBe("nosniff");
      expect(served.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
      const again = await fetchImage(image_url, { "if-none-match": served.headers.etag });
      expect(again.statusCode).toBe(304);
      expect((await fetchImage(`/products/${product.id}/image`)).headers["cache-control"]).toBe("no-cache");
    },
  );

  it("when another photo comes, then the address changes and the old bytes are gone", async () => {
    const product = await makeProduct(harness);
    const first = (await store(product.id, "image/png", photo("image/png"))).json().image_url;
    const bytes = photo("image/jpeg");
    const second = (await store(product.id, "image/jpeg", bytes)).json().image_url;
    expect(second).not.toBe(first);
    const stale = await fetchImage(first);
    expect(stale.rawPayload.equals(bytes)).toBe(true);
    expect(stale.headers["cache-control"]).toBe("no-cache");
  });

  it("when the address is cleared, then the photo is gone", async () => {
    const product = await makeProduct(harness);
    await store(product.id, "image/png", photo("image/png"));
    const headers = await harness.as("admin");
    await harness.app.inject({
      method: "PATCH",
      url: `/products/${product.id}`,
      headers,
      payload: { image_url: null },
    });
    expect((await fetchImage(`/products/${product.id}/image`)).statusCode).toBe(404);
  });

  it("when it has 2 MiB, then it is taken; one byte more, then 413", async () => {
    const product = await makeProduct(harness);
    const limit = 2 * 1024 * 1024;
    expect((await store(product.id, "image/png", photo("image/png", limit))).statusCode).toBe(200);
    const refused = await store(product.id, "image/png", photo("image/png", limit + 1));
    expect(refused.statusCode).toBe(413);
    expect(refused.json().code).toBe("body-too-large");
  });

  // What is stored here is served to every guest from our own origin: a page dressed up as a photo must not get in.
  it.each([
    ["an SVG", "image/svg+xml", "<svg/>", "unsupported-media-type"],
    ["JSON", "application/json", "{}", "unsupported-media-type"],
    ["a page that says it is a PNG", "image/png", "<html><script>alert(1)</script>", "image-not-recognised"],
    ["a JPEG that says it is a PNG", "image/png", photo("image/jpeg"), "image-not-recognised"],
    ["nothing", "image/png", "", "image-not-recognised"],
  ])("when it is %s, then 415", async (_what, type, payload, code) => {
    const product = await makeProduct(harness);
    const answer = await store(product.id, type, payload);
    expect(answer.statusCode).toBe(415);
    expect(answer.json().code).toBe(code);
    expect((await fetchImage(`/products/${product.id}/image`)).statusCode).toBe(404);
  });

  // A few kilobytes can unpack to gigabytes, on every totem at once.
  it.each([
    ["a PNG of 10,000 pixels a side", "image/png", pngOf(10_000, 10_000)],
    ["a PNG of the greatest size there is", "image/png", pngOf(2 ** 31 - 1, 2 ** 31 - 1)],
    ["a PNG like a thread", "image/png", pngOf(8_193, 1)],
    ["a PNG of 25 megapixels", "image/png", pngOf(5_000, 5_000)],
    ["a JPEG of 60,000 pixels a side", "image/jpeg", jpegOf(60_000, 60_000)],
    ["a large JPEG with a small preview", "image/jpeg", Buffer.concat([jpegOf(160, 120), jpegOf(60_000, 60_000)])],
    ["a WebP of 16,384 pixels a side", "image/webp", webpOf("VP8L", Buffer.from("2fffffff0f", "hex"))],
    ["an extended WebP", "image/webp", webpOf("VP8X", Buffer.from("00000000ffffffffffff", "hex"))],
    ["a plain WebP", "image/webp", webpOf("VP8 ", Buffer.from("0000009d012aff3fff3f", "hex"))],
  ])("when it is %s, then 422", async (_what, type, payload) => {
    const product = await makeProduct(harness);
    const answer = await store(product.id, type, payload);
    expect(answer.json()).toMatchObject({ status: 422, code: "image-too-large" });
    expect((await fetchImage(`/products/${product.id}/image`)).statusCode).toBe(404);
  });

  it.each([
    ["PNG", "image/png", pngOf(4_032, 3_024)],
    ["JPEG", "image/jpeg", jpegOf(4_032, 3_024)],
    ["WebP", "image/webp", webpOf("VP8L", Buffer.from("2f00000000", "hex"))],
  ])("when it is a %s of a size that phones make, then it is taken", async (_what, type, payload) => {
    expect((await store((await makeProduct(harness)).id, type, payload)).statusCode).toBe(200);
  });

  it("when a photo is sent where JSON belongs, then 415", async () => {
    const headers = { ...(await harness.as("admin")), "content-type": "image/png" };
    const answer = await harness.app.inject({ method: "POST", url: "/products", headers, payload: photo("image/png") });
    expect(answer.statusCode).toBe(415);
  });

  it("when the product is not on the menu, then guests do not get its photo", async () => {
    const product = await makeProduct(harness, { enabled: false });
    await store(product.id, "image/png", photo("image/png"));
    expect((await fetchImage(`/products/${product.id}/image`)).statusCode).toBe(404);
    expect((await fetchImage(`/products/${product.id}/image`, await harness.as("admin"))).statusCode).toBe(200);
  });

  it("when there is no such product or no photo, then 404", async () => {
    const product = await makeProduct(harness);
    expect((await fetchImage(`/products/${product.id}/image`)).statusCode).toBe(404);
    expect((await store(newId(), "image/png", photo("image/png"))).statusCode).toBe(404);
    expect((await fetchImage(`/products/${newId()}/image`)).statusCode).toBe(404);
  });
});
