import { newId } from "@comanda/primitives";
import {
  type App,
  buildService,
  type Caller,
  callerOf,
  createLogger,
  DEVICE_KINDS,
  houseProblem,
  IdParams,
  LEVELS,
  ROLES,
  type TokenVerifier,
} from "@comanda/service-kit";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, it, onTestFinished } from "vitest";
import { createTestIssuer } from "../tokens.ts";
import { badTokens, decisions, denials, differences, enrolments, filterGaps, TOKEN_STATES } from "./cases.ts";
import { inhabit } from "./describe-authorization.ts";
import { spellOut } from "./matrix.ts";
import { noteRoutes } from "./noted-routes.ts";

// The suite of a service is worth what it would notice: a small service is built wrong in one way at a time.
const MATRIX = spellOut({
  "GET /things/:id": {
    access: ["customers", "kitchen", "admin"],
    cells: [
      { about: "own", params: { id: "{own_thing}" }, answers: { granted: 200 } },
      { about: "another's", params: { id: "{other_thing}" }, answers: { granted: 404, admin: 200 } },
      { about: "nothing there", answers: { granted: 404 } },
    ],
  },
});

/** What a service may get wrong. */
type Flaw =
  | "declares another access"
  | "has a route that nobody wrote down"
  | "lacks a route that was written down"
  | "shows another's thing"
  | "denies another's thing with 403"
  | "denies another's thing in other words"
  | "denies another's thing with one header more"
  | "lets staff in who have yet to set up a second factor";

async function startThings(flaw: Flaw | null, wrap = (verify: TokenVerifier) => verify) {
  const issuer = await createTestIssuer();
  const owners = new Map<string, string>();
  const start = async () => {
    const about = { name: "things", title: "Things", description: "For tests", version: "1.0.0", readiness: [] };
    const log = createLogger({ service: "things", level: "silent" });
    const service = await buildService({ ...about, log, verifyToken: wrap(issuer.verifier("order")) });
    addThings(service.app, owners, flaw);
    const url = await service.app.listen({ host: "127.0.0.1", port: 0 });
    onTestFinished(() => service.app.close());
    return url;
  };
  const { started: url, routes } = await noteRoutes(start);
  const owned = (id: string) => {
    const thing = newId();
    owners.set(thing, id);
    return thing;
  };
  const house = await inhabit({
    url,
    signer: { issuer: issuer.issuer, ...issuer.key, audience: "order" },
    words: { own_thing: ({ id }) => owned(id), other_thing: () => owned(newId()) },
    revoke: (_token, tokenId) => issuer.revoke(tokenId),
    close: async () => undefined,
  });
  // What every service has is in each service's matrix, and no matter here.
  const own = new Map([...routes].filter(([name]) => /thing|forgotten/.test(name)));
  const faultsOf = async (of: typeof decisions) => {
    const found = await Promise.all(of(MATRIX).map(async ({ name, run }) => ({ name, faults: await run(house) })));
    return found.filter(({ faults }) => faults.length > 0).map(({ name }) => name);
  };
  return { faultsOf, differences: differences(MATRIX, own) };
}

function addThings(app: App, owners: ReadonlyMap<string, string>, flaw: Flaw | null): void {
  const access = ["customer", "kitchen", "admin"] as const;
  const config = {
    access: flaw === "declares another access" ? ([...access, "cashier"] as const) : access,
    ...(flaw === "lets staff in who have yet to set up a second factor" ? { allowsEnrolment: true as const } : {}),
  };
  if (flaw === "has a route that nobody wrote down") app.get("/forgotten", { config }, async () => ({}));
  const url = flaw === "lacks a route that was written down" ? "/things/of/:id" : "/things/:id";
  app.get(url, { config, schema: { params: IdParams } }, async (request, reply) => {
    const owner = owners.get(request.params.id);
    const { id, role } = callerOf(request);
    if (owner === undefined) throw houseProblem("not-found");
    if (owner === id || role === "admin" || flaw === "shows another's thing") return { id: request.params.id };
    if (flaw === "denies another's thing with 403") throw houseProblem("forbidden");
    if (flaw === "denies another's thing in other words") throw houseProblem("not-found", { extensions: { hint: 1 } });
    if (flaw === "denies another's thing with one header more") reply.header("x-owner", "somebody");
    throw houseProblem("not-found");
  });
}

describe("the authorization suite", () => {
  it("when nothing is wrong, then it finds nothing", async () => {
    const { faultsOf, differences: different } = await startThings(null);
    expect(different).toEqual([]);
    for (const cases of [decisions, denials, badTokens, enrolments]) expect(await faultsOf(cases)).toEqual([]);
  });

  it.each<[Flaw, string]>([
    ["declares another access", "GET /things/:id: customer kitchen admin here, customer kitchen cashier admin there"],
    ["has a route that nobody wrote down", "GET /forgotten: no row here, customer kitchen admin there"],
    ["lacks a route that was written down", "GET /things/:id: customer kitchen admin here, no route there"],
  ])("when a service %s, then the difference is named", async (flaw, difference) => {
    expect((await startThings(flaw)).differences).toContain(difference);
  });

  it.each<Flaw>(["declares another access", "shows another's thing", "denies another's thing with 403"])(
    "when a service %s, then some caller is answered another status",
    async (flaw) => {
      expect(await (await startThings(flaw)).faultsOf(decisions)).not.toEqual([]);
    },
  );

  it.each<Flaw>(["denies another's thing in other words", "denies another's thing with one header more"])(
    "when a service %s, then it is told from what never was, and nothing else is",
    async (flaw) => {
      const { faultsOf } = await startThings(flaw);
      const told = ["anonymous", "identified", "registered", "kitchen"];
      expect(await faultsOf(denials)).toEqual(
        told.map((name) => `when ${name} is denied by GET /things/:id, another's, then as if it did not exist`),
      );
      expect(await faultsOf(decisions)).toEqual([]);
    },
  );

  it("when a service lets staff in who have yet to set up a second factor, then it is noticed", async () => {
    const { faultsOf } = await startThings("lets staff in who have yet to set up a second factor");
    expect(await faultsOf(enrolments)).toHaveLength(MATRIX.rows.length);
  });

  it("when a list may be filtered by an id and no cell asks by it, one's own and another's, then it is named", () => {
    const filters = new Map([["GET /things", ["customer_id"]]]);
    const gapsOf = (access: string[], ...queries: string[]) =>
      filterGaps(
        spellOut({ "GET /things": { access, cells: queries.map((query) => ({ query, answers: { granted: 200 } })) } }),
        filters,
      );
    const [own, others] = ["customer_id={own_guest}", "limit=1&customer_id={other_guest}"];
    const gap = ["GET /things has no cells for ?customer_id="];
    expect(gapsOf(["customers"], own, others)).toEqual([]);
    for (const queries of [[own], [others], ["customer_id=1"], ["other_customer_id={own_x}", others]])
      expect(gapsOf(["customers"], ...queries)).toEqual(gap);
    expect([gapsOf(["admin"], "customer_id=1"), gapsOf(["admin"], others)]).toEqual([gap, []]);
  });

  const nowS = () => Date.now() / 1000;
  const looks: Readonly<Record<string, (token: string) => boolean>> = {
    expired: (token) => (decodeJwt(token).exp ?? 0) < nowS(),
    "not yet valid": (token) => (decodeJwt(token).nbf ?? 0) > nowS() + 60,
    "for another service": (token) => decodeJwt(token).aud === "payment",
    "of another issuer": (token) => decodeJwt(token).iss?.endsWith("/") === true,
    "of another type": (token) => decodeProtectedHeader(token).typ === "JWT",
    tampered: (token) => decodeJwt(token)["scope"] === "more",
    unsigned: (token) => decodeProtectedHeader(token).alg === "none",
    // Refused by the list alone: in every other respect it is good.
    revoked: (token) => token.length > 20,
    "none of ours": (token) => token === "a.b.c",
  };

  it.each(TOKEN_STATES)("when a service takes tokens that are %s, then each row notices", async (state) => {
    const { faultsOf } = await startThings(null, (verify) => async (token) => {
      const good = await verify(token);
      if (good !== null || !isOf(token)) return good;
      return callerIn(token);
    });
    const isOf = (token: string) => {
      try {
        return looks[state]?.(token) === true;
      } catch {
        // It is no token that could be read.
        return false;
      }
    };
    const noticed = await faultsOf(badTokens);
    for (const { name } of MATRIX.rows)
      expect(noticed).toContain(`when a token is ${state} at ${name}, then it opens nothing for anybody`);
  });
});

/** What a verifier would say that believes whatever it reads. */
function callerIn(token: string): Caller {
  const claims = token === "a.b.c" ? { role: "admin" } : decodeJwt(token);
  const { sub = newId(), role, level, kind } = Object(claims);
  return {
    id: sub,
    role: ROLES.find((each) => each === role) ?? "customer",
    level: LEVELS.find((each) => each === level) ?? null,
    kind: DEVICE_KINDS.find((each) => each === kind) ?? null,
    deviceId: null,
    clientId: "web",
    acr: null,
    scope: "",
    tokenId: newId(),
    keyId: "0",
    issuedAt: new Date(),
    expiresAt: new Date(Date.now() + 60_000),
  };
}
