import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hireStaff, registerGuest } from "./builders.ts";
import { type Auth, bearer, post, signToken, startAuth } from "./harness.ts";

let auth: Auth;
let token: string;
const born: string[] = [];

beforeAll(async () => {
  auth = await startAuth();
  token = await signToken(auth, { role: "admin" });
  for (let round = 0; round < 4; round += 1) {
    born.push((await post(auth, "/customers/anonymous")).json().customer.id);
    born.push((await registerGuest(auth)).id);
    born.push((await hireStaff(auth, { role: round === 0 ? "admin" : "kitchen" })).id);
  }
});
afterAll(() => auth.close());

const list = (query = "") => auth.app.inject({ url: `/customers/${query}`, headers: bearer(token) });

describe("list-customers", () => {
  it("when everybody is asked for, then the newest come first, CPFs masked", async () => {
    const answer = await list();
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const { items, next_cursor: next } = answer.json();
    expect(items.map((item: { id: string }) => item.id)).toEqual([...born].reverse());
    expect(next).toBeNull();
    expect(items[1]).toMatchObject({ role: "customer", level: "registered", name: "Ana Souza" });
    expect(items[1].cpf).toMatch(/^\*{3}\.\d{3}\.\d{3}-\*\*$/);
    expect(items[2]).toMatchObject({ level: "anonymous", name: null, email: null, cpf: null });
  });

  it("when turning pages while somebody new arrives, then nobody is missed or seen twice", async () => {
    const seen: string[] = [];
    let query = "?limit=5";
    let pages = 0;
    for (;;) {
      const { items, next_cursor: next } = (await list(query)).json();
      seen.push(...items.map((item: { id: string }) => item.id));
      pages += 1;
      if (next === null) break;
      query = `?limit=5&cursor=${encodeURIComponent(next)}`;
      if (pages === 1) await post(auth, "/customers/anonymous");
    }
    expect(pages).toBe(3);
    expect(seen).toEqual([...born].reverse());
  });

  it("when filtered by role, level or id, then only those come", async () => {
    const counts = async (query: string) => (await list(query)).json().items.length;
    expect(await counts("?role=kitchen")).toBe(3);
    expect(await counts("?role=admin")).toBe(1);
    expect(await counts("?level=registered")).toBe(4);
    expect(await counts("?level=identified")).toBe(0);
    expect(await counts("?role=kitchen&level=registered")).toBe(0);
    expect(await counts(`?customer_id=${born[0]}`)).toBe(1);
    expect(await counts("?customer_id=01940000-0000-7000-8000-000000000000")).toBe(0);
  });

  it.each([
    "cpf=52998224725",
    "email=ana@exemplo.com.br",
    "role=owner",
    "role=customer&role=admin",
    "level[$ne]=x",
    "customer_id=1",
    "limit=0",
    "limit=101",
    "limit=abc",
    "limit=1e1000",
    "cursor=x",
    "cursor=AAAAAAAAAAAAAAAAAAAAAA==",
    "cursor=",
    "__proto__[x]=1",
  ])("when the query is %s, then 422", async (query) => {
    const answer = await list(`?${query}`);
    expect(answer.statusCode).toBe(422);
    expect(answer.json().code).toBe("validation-failed");
  });
});
