import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRevocationList } from "../src/revocation-list.ts";
import { makeRevocations } from "../src/revocations.ts";
import { UncheckableTokenError } from "../src/uncheckable-token.ts";

const at = (seconds: number) => new Date(1_000_000 + seconds * 1000);
const caller = (id: string, tokenId: string, issuedAt = at(0)) => ({ id, tokenId, keyId: "0", issuedAt });
const document = (tokens: readonly string[], subjects: readonly (readonly [string, Date])[] = []) => ({
  version: JSON.stringify([tokens, subjects]).replaceAll('"', "'"),
  tokens: tokens.map((id) => ({ id, expires_at: at(3600).toISOString() })),
  subjects: subjects.map(([id, notBefore]) => ({
    id,
    not_before: notBefore.toISOString(),
    expires_at: at(3600).toISOString(),
  })),
});

describe("a revocation list", () => {
  it("when a token's id stands in it, then that token is revoked and no other, whoever holds it", () => {
    const list = makeRevocations();
    list.replace(document(["t1", "__proto__"]));
    expect(list.isRevoked(caller("s1", "t1"))).toBe(true);
    expect(list.isRevoked(caller("s1", "t2"))).toBe(false);
    expect(list.isRevoked(caller("t1", "s1"))).toBe(false);
    expect(list.isRevoked(caller("s1", "constructor"))).toBe(false);
  });

  it("when a subject stands in it, then what was issued up to that second is revoked, and nothing later", () => {
    const list = makeRevocations();
    list.replace(document([], [["s1", at(10)]]));
    expect(list.isRevoked(caller("s1", "t1", at(9)))).toBe(true);
    expect(list.isRevoked(caller("s1", "t1", at(10)))).toBe(true);
    expect(list.isRevoked(caller("s1", "t1", at(11)))).toBe(false);
    expect(list.isRevoked(caller("s2", "t1", at(9)))).toBe(false);
  });

  it("when a signing key leaves, then its tokens are revoked, until it comes back; one that the list does not know yet is good", () => {
    const list = makeRevocations();
    const byKey = (keyId: string) => list.isRevoked({ ...caller("s", "t1"), keyId });
    const name = (...keys: string[]) => list.replace({ ...document([]), keys });
    name("0", "1");
    expect([byKey("0"), byKey("1"), byKey("2")]).toEqual([false, false, false]);
    name("1");
    list.replace(document([])); // of an auth that does not say
    name("1", "2");
    expect([byKey("0"), byKey("1"), byKey("2")]).toEqual([true, false, false]);
    name("0", "2");
    expect([byKey("0"), byKey("1"), byKey("2")]).toEqual([false, true, false]);
  });

  it("when the next list comes, then it replaces the one before", () => {
    const list = makeRevocations();
    list.replace(document(["t1"]));
    list.replace(document(["t2"]));
    expect([list.isRevoked(caller("s", "t1")), list.isRevoked(caller("s", "t2"))]).toEqual([false, true]);
  });
});

describe("following auth's list", () => {
  let server: Server;
  let url: string;
  let answer: { status: number; body: string };
  const asked: (string | undefined)[] = [];
  const says = (body: unknown, status = 200) => {
    answer = { status, body: JSON.stringify(body) };
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.headers["if-none-match"]);
      const isSame = request.headers["if-none-match"] === `"${JSON.parse(answer.body).version}"`;
      response.writeHead(isSame ? 304 : answer.status, { "content-type": "application/json" });
      response.end(isSame ? undefined : answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server's address is one
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  function follow(tokens = { get: async () => "token", forget: () => undefined }) {
    const lines: string[] = [];
    const log = {
      info: (...said: unknown[]) => lines.push(`info ${said.at(-1)}`),
      warn: (...said: unknown[]) => lines.push(`warn ${said.at(-1)}`),
    };
    const list = createRevocationList({ authUrl: url, tokens, log: log as never, pollMs: 10 }); // only these two are used
    return { list, lines };
  }

  it("when it starts, then the list is there; when it changes, then it is taken over; the same costs no body", async () => {
    says(document(["t1"]));
    const { list } = follow();
    await list.start();
    expect(list.isRevoked(caller("s", "t1"))).toBe(true);
    await waitFor(() => asked.at(-1) !== undefined);
    says(document(["t1", "t2"]));
    await waitFor(() => list.isRevoked(caller("s", "t2")));
    list.stop();
  });

  it.each([
    ["fails", { oops: 1, version: "x" }, 500],
    ["says something that is no list", { version: "x", tokens: "all" }, 200],
    ["refuses", { version: "x" }, 401],
  ])(
    "when auth %s, then the last list stays, it is said once, and once more when it is over",
    async (_what, body, status) => {
      says(document(["t1"]));
      const { list, lines } = follow();
      await list.start();
      says(body, status);
      await waitFor(() => lines.length > 0);
      const polls = asked.length;
      await waitFor(() => asked.length > polls + 5);
      expect(lines).toEqual(["warn the revocation list cannot be had; the last one stays in use"]);
      expect(list.isRevoked(caller("s", "t1"))).toBe(true);
      says(document(["t2"]));
      await waitFor(() => list.isRevoked(caller("s", "t2")));
      await waitFor(() => lines.length === 2);
      expect(lines[1]).toContain("followed again");
      list.stop();
    },
  );

  // ADR 0032: an empty list would let in whoever was sent away while this service was down.
  it("when the list cannot be had at the start, then the start goes on, nothing is said of any token, and it is asked for again", async () => {
    says(document(["t1"]));
    let isAway = true;
    const get = async () => {
      if (isAway) throw new Error("auth is away");
      return "token";
    };
    const { list, lines } = follow({ get, forget: () => undefined });
    await list.start();
    expect(list.isKnown()).toBe(false);
    expect(() => list.isRevoked(caller("s", "t1"))).toThrow(UncheckableTokenError);
    expect(() => list.isRevoked(caller("s", "t2"))).toThrow(UncheckableTokenError);
    await waitFor(() => lines.length > 0);
    expect(lines).toEqual(["warn the revocation list cannot be had; until it is, no token is believed"]);
    isAway = false;
    await waitFor(list.isKnown);
    expect([list.isRevoked(caller("s", "t1")), list.isRevoked(caller("s", "t2"))]).toEqual([true, false]);
    list.stop();
  });
});
