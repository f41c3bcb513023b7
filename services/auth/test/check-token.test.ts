import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { addSeconds } from "@comanda/primitives";
import { fixedClock, waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hireStaff, registerGuest } from "./builders.ts";
import { type Auth, bearer, post, postToken, signToken, startAuth } from "./harness.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const check = (token: string) => auth.app.inject({ url: "/auth", headers: bearer(token) });

describe("check-token", () => {
  it("when the token is a registered guest's, then it says who they are, the CPF masked, and in two headers", async () => {
    const { id, token, sent } = await registerGuest(auth, { cpf: "529.982.247-25" });
    const answer = await check(token);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      "x-auth-subject": id,
      "x-auth-role": "customer",
      "cache-control": "no-store",
    });
    expect(answer.json()).toEqual({
      id,
      role: "customer",
      level: "registered",
      name: "Ana Souza",
      email: sent.email,
      cpf: "***.982.247-**",
      scope: "customer:registered",
      expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  it("when the token is a staff member's, then it has a role and no level", async () => {
    const { sent, id } = await hireStaff(auth, { role: "manager" });
    const signedIn = await postToken(auth, { username: sent.email, password: sent.password });
    const answer = await check(signedIn.json().access_token);
    expect(answer.json()).toMatchObject({ id, role: "manager", name: "Rita Lima", scope: "staff:manager" });
    expect(answer.json()).not.toHaveProperty("level");
  });

  // A CPF is no secret: whoever types a stranger's must learn nothing but the first name (reliability AU-18).
  it("when the token came for a CPF alone, then it shows the first name and nothing else", async () => {
    const { sent } = await registerGuest(auth, { name: "Bia Ramos" });
    const identified = await post(auth, "/customers/identify", { payload: { cpf: sent.cpf } });
    const answer = await check(identified.json().access_token);
    expect(answer.json()).toMatchObject({ level: "identified", name: "Bia", email: null, cpf: null });
    expect(answer.body).not.toContain("Ramos");
  });

  it("when the guest is anonymous, then there is nobody to name", async () => {
    const visit = await post(auth, "/customers/anonymous");
    const answer = await check(visit.json().access_token);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ level: "anonymous", name: null, email: null, cpf: null });
  });

  it("when the token is a service's that names auth, then it is good; one for another service is not", async () => {
    const good = await check(await signToken(auth, { role: "service", subject: "order", claims: { aud: "auth" } }));
    expect(good.statusCode).toBe(200);
    expect(good.json()).toMatchObject({ id: "order", role: "service", name: null });
    for (const aud of ["payment", "order", ["order", "payment"]]) {
      expect(
        (await check(await signToken(auth, { role: "service", subject: "order", claims: { aud } }))).statusCode,
      ).toBe(401);
    }
  });

  it("when the scheme is written in lower case, then it is Bearer all the same", async () => {
    const { token } = await registerGuest(auth);
    const answer = await auth.app.inject({ url: "/auth", headers: { authorization: `bearer ${token}` } });
    expect(answer.statusCode).toBe(200);
  });

  it("when no token comes, then 401 with a bare challenge and without identity headers", async () => {
    const answer = await auth.app.inject({ url: "/auth", headers: { "x-auth-subject": "me", "x-auth-role": "admin" } });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe("Bearer");
    expect(answer.headers["x-auth-subject"]).toBeUndefined();
    expect(answer.json().code).toBe("unauthenticated");
  });

  it("when the person is gone, or their role is another by now, then 401", async () => {
    const gone = await signToken(auth, { role: "customer", level: "registered" });
    expect((await check(gone)).statusCode).toBe(401);
    const { id } = await hireStaff(auth, { role: "cashier" });
    const promoted = await check(await signToken(auth, { role: "admin", subject: id }));
    expect(promoted.statusCode).toBe(401);
    expect(promoted.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
  });
});

describe("check-token, speed", () => {
  it("when one person is asked about again and again, then the database is read once in 5 s, and then anew", async () => {
    const clock = fixedClock(new Date());
    const slow = await startAuth({ clock });
    try {
      const { id, token } = await registerGuest(slow);
      const nameNow = async () => (await slow.app.inject({ url: "/auth", headers: bearer(token) })).json().name;
      expect(await nameNow()).toBe("Ana Souza");
      await slow.database.pool.query("update people set name_sealed = null, name = 'Ana Lima' where id = $1", [id]);
      clock.set(addSeconds(clock.now(), 4));
      expect(await nameNow()).toBe("Ana Souza");
      clock.set(addSeconds(clock.now(), 2));
      expect(await nameNow()).toBe("Ana Lima");
    } finally {
      await slow.close();
    }
  });
});

describe("check-token, when the database is away", () => {
  it("when somebody was seen lately, then they are still known; others get 503 and a time to come again", async () => {
    const cable = makeCable();
    const lonely = await startAuth({ route: cable.through });
    try {
      const { token } = await registerGuest(lonely);
      const { token: stranger } = await registerGuest(lonely);
      const ask = (of: string) => lonely.app.inject({ url: "/auth", headers: bearer(of) });
      expect((await ask(token)).statusCode).toBe(200);
      await cable.cut();
      expect((await ask(token)).statusCode).toBe(200);
      const answer = await ask(stranger);
      expect(answer.statusCode).toBe(503);
      expect(answer.headers["retry-after"]).toBeDefined();
      expect((await lonely.app.inject({ url: "/ready" })).statusCode).toBe(503);
      expect((await lonely.app.inject({ url: "/health" })).statusCode).toBe(200);
      const complaints = () => lonely.logLines.filter((line) => line.includes("the revocation list cannot be read"));
      await waitFor(() => complaints().length > 0);
      expect(complaints()).toHaveLength(1);
    } finally {
      await lonely.close();
    }
  });
});

/** A cable to the database that can be pulled. */
function makeCable() {
  const ends = new Set<Socket>();
  const server = createServer();
  return {
    through: async (databaseUrl: string) => {
      const url = new URL(databaseUrl);
      const { hostname, port } = url;
      server.on("connection", (near) => {
        const far = connect(Number(port), hostname);
        for (const end of [near, far]) {
          ends.add(end);
          end.on("error", () => end.destroy());
        }
        near.pipe(far).pipe(near);
      });
      await once(server.listen(0, "127.0.0.1"), "listening");
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("the system gave no port");
      url.port = String(address.port);
      url.hostname = "127.0.0.1";
      return url.href;
    },
    cut: async () => {
      const closed = once(server, "close");
      server.close();
      for (const end of ends) end.destroy();
      await closed;
    },
  };
}
