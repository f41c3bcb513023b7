import { hash } from "@node-rs/argon2";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hireStaff, registerGuest } from "./builders.ts";
import { type Auth, ISSUER, postToken, settings, startAuth } from "./harness.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const clientForm = {
  grant_type: "client_credentials",
  client_id: "order",
  client_secret: settings.ORDER_CLIENT_SECRET,
};

describe("issue-token, password", () => {
  it("when a guest signs in, then a token of RFC 9068 comes, with nothing personal in it", async () => {
    const { sent, id } = await registerGuest(auth);
    const answer = await postToken(auth, { grant_type: "password", username: sent.email, password: sent.password });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const { access_token: token, ...rest } = answer.json();
    expect(rest).toEqual({
      token_type: "bearer",
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      scope: "customer:registered",
      customer_id: id,
    });
    expect(decodeProtectedHeader(token)).toEqual({ alg: "EdDSA", typ: "at+jwt", kid: "0001" });
    const claims = decodeJwt(token);
    expect(claims).toEqual({
      iss: ISSUER,
      aud: ["auth", "order", "payment"],
      sub: id,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      client_id: "web",
      iat: claims.iat,
      nbf: claims.iat,
      exp: Number(claims.iat) + 3600,
      role: "customer",
      level: "registered",
      acr: "verified",
      scope: "customer:registered",
    });
  });

  it("when staff sign in without naming the grant and in another letter case, then the role is theirs", async () => {
    const { sent, id } = await hireStaff(auth, { role: "kitchen" });
    const answer = await postToken(auth, { username: sent.email.toUpperCase(), password: sent.password });
    expect(answer.json()).toMatchObject({ customer_id: id, scope: "staff:kitchen" });
    expect(decodeJwt(answer.json().access_token)).toMatchObject({ role: "kitchen" });
  });

  it("when two tokens are issued to one person, then each is a session of its own", async () => {
    const { sent } = await registerGuest(auth);
    const form = { username: sent.email, password: sent.password };
    const ids = await Promise.all(
      [1, 2].map(async () => decodeJwt((await postToken(auth, form)).json().access_token).jti),
    );
    expect(ids[0]).not.toBe(ids[1]);
  });

  it("when the password is wrong, the e-mail unknown or the account without password, then the answers are equal", async () => {
    const { sent } = await registerGuest(auth);
    const { sent: without } = await registerGuest(auth, { password: undefined });
    const refused = await Promise.all([
      postToken(auth, { username: sent.email, password: "outra senha qualquer" }),
      postToken(auth, { username: "ninguem@exemplo.com.br", password: sent.password }),
      postToken(auth, { username: "__proto__", password: sent.password }),
      postToken(auth, { username: without.email, password: "um pastel de queijo" }),
      postToken(auth, { username: sent.email, password: "x".repeat(10_000) }),
    ]);
    for (const answer of refused) {
      expect(answer.statusCode).toBe(400);
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(answer.body).toBe('{"error":"invalid_grant","error_description":"wrong user name or password"}');
    }
  });

  it("when passwords differ by normalisation, case or a trailing space only, then they differ", async () => {
    const password = "pão de queijo".normalize("NFC");
    const { sent } = await registerGuest(auth, { password });
    const statusOf = async (text: string) =>
      (await postToken(auth, { username: sent.email, password: text })).statusCode;
    expect(await statusOf(password)).toBe(200);
    for (const other of [password.normalize("NFD"), `${password} `, ` ${password}`, password.toUpperCase()]) {
      expect(await statusOf(other)).toBe(400);
    }
  });

  it("when the hash was made with weaker parameters, then signing in renews it", async () => {
    const { sent, id } = await registerGuest(auth);
    const stored = async () => {
      const { rows } = await auth.database.pool.query("select password_hash from people where id = $1", [id]);
      return String(rows[0].password_hash);
    };
    expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const weak = await hash(sent.password, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
    await auth.database.pool.query("update people set password_hash = $2 where id = $1", [id, weak]);
    for (const attempt of ["renews", "uses the renewed"]) {
      const answer = await postToken(auth, { username: sent.email, password: sent.password });
      expect(answer.statusCode, attempt).toBe(200);
      expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    }
  });

  // Hashing is dear: without this bulkhead a burst of sign-ins would take all memory and starve every other request.
  it("when far more sign in at once than can be hashed, then the rest are told to come again, and others are served", async () => {
    const burst = Promise.all(
      Array.from({ length: 120 }, (_, at) =>
        postToken(auth, { username: `ninguem${at}@exemplo.com.br`, password: "qualquer coisa" }),
      ),
    );
    const health = await auth.app.inject({ url: "/health" });
    expect(health.statusCode).toBe(200);
    const answers = await burst;
    const busy = answers.filter((answer) => answer.statusCode === 503);
    expect(busy.length).toBeGreaterThan(0);
    expect(busy.every((answer) => answer.headers["retry-after"] !== undefined)).toBe(true);
    expect(answers.filter((answer) => answer.statusCode === 400).length).toBe(120 - busy.length);
    const after = await postToken(auth, { username: "ninguem@exemplo.com.br", password: "qualquer coisa" });
    expect(after.statusCode).toBe(400);
  });
});

describe("issue-token, client_credentials", () => {
  it("when a service authenticates in the form, then its short token is for the other service", async () => {
    const answer = await postToken(auth, clientForm);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const { access_token: token, ...rest } = answer.json();
    expect(rest).toEqual({ token_type: "bearer", expires_in: 300, scope: "service", customer_id: null });
    const claims = decodeJwt(token);
    expect(claims).toMatchObject({ sub: "order", role: "service", aud: "payment", client_id: "order" });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(300);
  });

  it("when a service authenticates by HTTP Basic, form-encoded within, then it is known too", async () => {
    const secret = new URLSearchParams({ s: settings.PAYMENT_CLIENT_SECRET }).toString().slice(2);
    const authorization = `Basic ${Buffer.from(`payment:${secret}`).toString("base64")}`;
    const answer = await postToken(auth, { grant_type: "client_credentials" }, { authorization });
    expect(answer.statusCode).toBe(200);
    expect(decodeJwt(answer.json().access_token)).toMatchObject({ sub: "payment", aud: "order" });
  });

  it("when a service's secret is being changed, then the former one is good too, until it is taken out", async () => {
    const changed = await startAuth({
      settings: {
        ORDER_CLIENT_SECRET: "the-new-secret-0123456789abcdef0123456789",
        ORDER_CLIENT_SECRET_PREVIOUS: settings.ORDER_CLIENT_SECRET,
      },
    });
    try {
      const newForm = { ...clientForm, client_secret: "the-new-secret-0123456789abcdef0123456789" };
      const statuses = [await postToken(changed, clientForm), await postToken(changed, newForm)];
      expect(statuses.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
      expect((await postToken(auth, newForm)).statusCode).toBe(401);
    } finally {
      await changed.close();
    }
  });

  it.each([
    ["the secret is wrong", { ...clientForm, client_secret: "x".repeat(40) }],
    ["the secret is another client's", { ...clientForm, client_secret: settings.PAYMENT_CLIENT_SECRET }],
    ["the client is unknown", { ...clientForm, client_id: "kitchen" }],
    ["the client is a name of Object's", { ...clientForm, client_id: "constructor" }],
    ["nobody authenticates", { grant_type: "client_credentials" }],
    ["the secret is missing", { grant_type: "client_credentials", client_id: "order" }],
  ])("when %s, then 401 invalid_client", async (_what, form) => {
    const answer = await postToken(auth, form);
    expect(answer.statusCode).toBe(401);
    expect(answer.json().error).toBe("invalid_client");
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  it.each(["order:wrong-secret", "order", ":", "order:%zz", "nobody:secret"])(
    "when Basic carries %j, then 401 with a Basic challenge",
    async (credentials) => {
      const authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
      const answer = await postToken(auth, { grant_type: "client_credentials" }, { authorization });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers["www-authenticate"]).toBe('Basic realm="comanda"');
    },
  );

  it("when the client authenticates both ways at once, then invalid_request", async () => {
    const authorization = `Basic ${Buffer.from(`order:${settings.ORDER_CLIENT_SECRET}`).toString("base64")}`;
    const answer = await postToken(auth, clientForm, { authorization });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toBe("invalid_request");
  });

  // One audience each: what order's token for payment opens must not open auth, and the reverse (reliability AU-03).
  it.each([
    ["order", "urn:comanda:payment", "payment"],
    ["order", "urn:comanda:auth", "auth"],
    ["payment", "urn:comanda:order", "order"],
    ["payment", "urn:comanda:auth", "auth"],
  ] as const)("when %s asks for a token for %s, then it is for that service alone", async (client, resource, aud) => {
    const secrets = { order: settings.ORDER_CLIENT_SECRET, payment: settings.PAYMENT_CLIENT_SECRET };
    const form = { ...clientForm, client_id: client, client_secret: secrets[client], resource };
    expect(decodeJwt((await postToken(auth, form)).json().access_token)).toMatchObject({ sub: client, aud });
  });

  it.each(["urn:comanda:order", "urn:comanda:web", "https://example.com", "urn:comanda:__proto__"])(
    "when order asks for a token for %s, then invalid_target",
    async (resource) => {
      const answer = await postToken(auth, { ...clientForm, resource });
      expect([answer.statusCode, answer.json().error]).toEqual([400, "invalid_target"]);
    },
  );

  it("when the form names another client than Basic, then 401", async () => {
    const authorization = `Basic ${Buffer.from(`order:${settings.ORDER_CLIENT_SECRET}`).toString("base64")}`;
    const form = { grant_type: "client_credentials", client_id: "payment" };
    expect((await postToken(auth, form, { authorization })).statusCode).toBe(401);
  });
});

describe("issue-token, requests that are none", () => {
  it.each([
    ["an empty form", "", "invalid_request"],
    ["no password", "username=a%40b.com", "invalid_request"],
    ["an empty password", "username=a%40b.com&password=", "invalid_request"],
    ["a repeated parameter", "username=a%40b.com&username=c%40d.com&password=12345678x", "invalid_request"],
    ["a repeated grant type", "grant_type=password&grant_type=client_credentials", "invalid_request"],
    ["a repeated name of Object's", "__proto__=1&__proto__=2", "invalid_request"],
    ["broken percent-encoding", "username=%zz&password=x", "invalid_request"],
    ["bytes that are no UTF-8", "username=a%40b.com&password=%ff%fe", "invalid_request"],
    ["raw bytes beyond ASCII", "username=a%40b.com&password=pão", "invalid_request"],
    ["an unknown grant", "grant_type=magic", "unsupported_grant_type"],
    ["a renewal without token", "grant_type=refresh_token", "invalid_request"],
    ["a renewal with nonsense", "grant_type=refresh_token&refresh_token=x", "invalid_grant"],
    ["the implicit grant", "grant_type=token", "unsupported_grant_type"],
  ])("when the form is %s, then 400 %s", async (_what, form, error) => {
    const answer = await postToken(auth, form);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers["content-type"]).toContain("application/json");
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(Object.keys(answer.json())).toEqual(["error", "error_description"]);
    expect(answer.json().error).toBe(error);
  });

  it("when unknown parameters come along, then they are ignored (RFC 6749 §3.2)", async () => {
    expect((await postToken(auth, { ...clientForm, audience: "everything", scope: "all" })).statusCode).toBe(200);
  });

  it("when a bearer token comes along, good or not, then it is not looked at", async () => {
    const answer = await postToken(auth, clientForm, { authorization: "Bearer nonsense" });
    expect(answer.statusCode).toBe(200);
  });

  it.each(["application/json", "text/plain", "multipart/form-data; boundary=x"])(
    "when the body is %s, then 415",
    async (type) => {
      const answer = await auth.app.inject({
        method: "POST",
        url: "/token",
        headers: { "content-type": type },
        payload: "{}",
      });
      expect(answer.statusCode).toBe(415);
    },
  );

  it("when the form is too large, then 413", async () => {
    expect((await postToken(auth, `username=${"a".repeat(70_000)}`)).statusCode).toBe(413);
  });
});
