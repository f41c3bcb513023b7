import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { makeCategory } from "./menu-builders.ts";

let harness: Harness;
let categoryId: string;

beforeAll(async () => {
  harness = await startHarness();
  categoryId = await makeCategory(harness);
});
afterAll(() => harness.close());

const bodies = {
  "/categories": () => ({ name: `Chapas ${newId()}`, position: 3 }),
  "/products": () => ({ name: "Misto-quente", price_cents: 1290, category_id: categoryId }),
} as const;

async function send(url: string, key: string, payload: object) {
  const headers = { ...(await harness.as({ role: "admin", subject: ADMIN })), "idempotency-key": key };
  return harness.app.inject({ method: "POST", url, headers, payload });
}

const ADMIN = newId();

describe.each(["/categories", "/products"] as const)("POST %s with an Idempotency-Key", (url) => {
  it("when it is repeated, then the first answer comes again and nothing more is made", async () => {
    const [key, body] = [newId(), bodies[url]()];
    const first = await send(url, key, body);
    // The order of the fields says nothing.
    const again = await send(url, key, Object.fromEntries(Object.entries(body).reverse()));
    expect([first.statusCode, again.statusCode]).toEqual([201, 201]);
    expect(again.body).toBe(first.body);
    expect(again.headers).toMatchObject({ "idempotency-replayed": "true", location: first.headers.location });
    expect(first.headers["idempotency-replayed"]).toBeUndefined();
  });

  it("when it is sent many times at once, then one thing is made and the others hear that or wait", async () => {
    const [key, body] = [newId(), bodies[url]()];
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(url, key, body)));
    const made = answers.filter(({ statusCode }) => statusCode === 201);
    expect(new Set(made.map((answer) => answer.json().id)).size).toBe(1);
    for (const answer of answers.filter(({ statusCode }) => statusCode !== 201)) {
      expect(answer.json()).toMatchObject({ status: 409, code: "request-in-progress" });
      expect(answer.headers["retry-after"]).toBe("1");
    }
  });

  it("when the body is another, then 422; when the key is none, then 422", async () => {
    const [key, body] = [newId(), bodies[url]()];
    await send(url, key, body);
    const other = await send(url, key, { ...body, name: "Outro" });
    expect(other.json()).toMatchObject({ status: 422, code: "idempotency-key-reused" });
    for (const bad of ["", "a b", "x".repeat(256)]) expect((await send(url, bad, body)).statusCode).toBe(422);
  });
});

describe("a refused request with an Idempotency-Key", () => {
  it("when it can be done later, then the same key is judged anew", async () => {
    const [key, name] = [newId(), `Frios ${newId()}`];
    const id = await makeCategory(harness, { name });
    expect((await send("/categories", key, { name })).statusCode).toBe(409);
    const headers = await harness.as("admin");
    await harness.app.inject({ method: "DELETE", url: `/categories/${id}`, headers });
    expect((await send("/categories", key, { name })).statusCode).toBe(201);
  });
});

describe("a price of minus nothing", () => {
  it("when it is sent, then it is kept as 0", async () => {
    const headers = { ...(await harness.as("admin")), "content-type": "application/json" };
    const payload = `{"name":"Água da casa","price_cents":-0,"category_id":"${categoryId}"}`;
    const made = await harness.app.inject({ method: "POST", url: "/products", headers, payload });
    expect(made.body).toContain('"price_cents":0');
    expect((await harness.app.inject({ url: `/products/${made.json().id}` })).body).toContain('"price_cents":0');
  });
});
