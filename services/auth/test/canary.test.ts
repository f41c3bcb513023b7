import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshCpf, registerGuest, registration, staffMember } from "./builders.ts";
import { type Auth, bearer, post, postToken, settings, signToken, startAuth } from "./harness.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

// Plants personal data and secrets in every place a request can carry them, good requests and bad, and looks for them
// wherever they must not be (reliability OP-50).
describe("what must never leak", () => {
  it("when secrets pass through every route, then no log line and no readable column holds one", async () => {
    const cpf = freshCpf();
    const dotted = cpf.replace(/^(...)(...)(...)(..)$/, "$1.$2.$3-$4");
    const email = "canario.segredo@exemplo.com.br";
    const password = "senha-canario-7Qz";
    const { token } = await registerGuest(auth, { cpf, email, password });
    const admin = await signToken(auth, { role: "admin" });
    const signedIn = (await postToken(auth, { username: email, password })).json().access_token;
    const ask = (url: string, headers = {}) => auth.app.inject({ url, headers });

    await postToken(auth, { username: email, password: `${password}-wrong` });
    await postToken(auth, `username=${email}&username=${email}&password=${password}`);
    await postToken(auth, {
      grant_type: "client_credentials",
      client_id: "order",
      client_secret: settings.ORDER_CLIENT_SECRET,
    });
    await postToken(auth, { grant_type: "client_credentials", client_id: email, client_secret: password });
    await post(auth, "/customers/identify", { payload: { cpf } });
    await post(auth, "/customers/identify", { payload: { cpf: dotted, [cpf]: cpf } });
    await post(auth, "/customers/register", { payload: registration({ cpf, email }) });
    await post(auth, "/customers/register", { payload: registration({ name: `Ana ${cpf}`, cpf: [dotted], password }) });
    await post(auth, "/customers/admin", { payload: staffMember({ cpf, email, password }), token: admin });
    await post(auth, "/customers/search", { payload: { cpf: dotted }, token: admin });
    await post(auth, "/customers/search", { payload: { email }, token: `${token}x` });
    await auth.app.inject({
      method: "POST",
      url: "/customers/register",
      headers: { "content-type": "application/json" },
      payload: `{"cpf":"${dotted}","password":"${password}"`,
    });
    await ask(`/customers/?cpf=${cpf}&email=${email}`, bearer(admin));
    await ask(`/customers/${cpf}`, bearer(admin));
    await ask(`/${cpf}/${email}?token=${token}`);
    await ask("/auth", bearer(signedIn));
    await ask("/auth", { ...bearer(token), cookie: `session=${password}`, "x-request-id": `${email}` });

    expect(auth.logLines.length).toBeGreaterThan(10);
    const lines = auth.logLines.join("");
    const { rows } = await auth.database.pool.query("select people::text as row from people");
    const dump = rows.map(({ row }) => row).join("\n");
    const metrics = (await ask("/metrics")).body;
    const secrets = [cpf, dotted, email, password, token, signedIn, admin, settings.ORDER_CLIENT_SECRET];
    for (const secret of secrets) {
      for (const [place, text] of Object.entries({ lines, dump, metrics })) {
        expect(text.includes(secret), `${place} hold ${secret}`).toBe(false);
        expect(text.includes(Buffer.from(secret).toString("hex")), `${place} hold ${secret} in hex`).toBe(false);
      }
    }
  });

  it("when the database breaks a rule nobody foresaw, then the client learns nothing and the log no personal data", async () => {
    await auth.database.pool.query("alter table people add constraint broken check (level <> 'registered') not valid");
    const sent = registration({ name: "Canário Quebrado" });
    const answer = await post(auth, "/customers/register", { payload: sent });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toMatch(/broken|people|Canário/);
    const lines = auth.logLines.join("");
    expect(lines).toContain("broken");
    for (const secret of [sent.cpf, sent.email, sent.password]) expect(lines).not.toContain(secret);
    expect(lines).not.toContain("Canário Quebrado");
  });
});
