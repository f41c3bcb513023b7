import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type NginxProxy, startNginx } from "@comanda/testing/nginx";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hireStaff, pairDevice } from "./builders.ts";
import { type Auth, bearer, postForm, postToken, startAuth } from "./harness.ts";

let auth: Auth;
let backend: Server;
let nginx: NginxProxy | null;
let seen: IncomingHttpHeaders[] = [];

/** As its manual says (ngx_http_auth_request_module), with auth as it is. */
const serverBlock = (authUrl: string, backendUrl: string) => `
    location / {
      auth_request /_auth;
      auth_request_set $subject $upstream_http_x_auth_subject;
      auth_request_set $role $upstream_http_x_auth_role;
      proxy_set_header X-Auth-Subject $subject;
      proxy_set_header X-Auth-Role $role;
      proxy_pass ${backendUrl};
    }
    location = /_auth {
      internal;
      proxy_pass ${authUrl}/auth;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
    }`;

beforeAll(async () => {
  auth = await startAuth();
  const authUrl = await auth.app.listen({ host: "127.0.0.1", port: 0 });
  backend = createServer((request, response) => {
    seen.push(request.headers);
    response.end("behind");
  });
  await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
  const { port } = backend.address() as AddressInfo; // a TCP server's address is one
  nginx = await startNginx(serverBlock(authUrl, `http://127.0.0.1:${port}`));
});
afterAll(async () => {
  await nginx?.stop();
  backend.close();
  await auth.close();
});

// Said aloud by the harness, and a failure under CI.
beforeEach(({ skip }) => skip(nginx === null, "no nginx"));

async function ask(headers: Record<string, string> = {}, init: RequestInit = {}) {
  if (nginx === null) throw new Error("asked behind an nginx that is not there");
  seen = [];
  const response = await fetch(`${nginx.url}/anything`, { ...init, headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function signIn() {
  const { id, sent } = await hireStaff(auth, { role: "cashier" });
  const { access_token: token } = (await postToken(auth, { username: sent.email, password: sent.password })).json();
  return { id, token: String(token) };
}

describe("check-token, behind nginx with auth_request", () => {
  it("when the token is good, then the request passes, and says whose it is", async () => {
    const { id, token } = await signIn();
    const answer = await ask(bearer(token));
    expect([answer.status, answer.text]).toEqual([200, "behind"]);
    expect(seen[0]).toMatchObject({ "x-auth-subject": id, "x-auth-role": "cashier" });
  });

  it("when a body comes along, then it reaches what is behind and not auth", async () => {
    const { token } = await signIn();
    expect((await ask(bearer(token), { method: "POST", body: "x".repeat(10_000) })).status).toBe(200);
  });

  it("when there is no token, or a bad one, then 401 with its challenge, and nothing reaches what is behind", async () => {
    const [none, bad] = [await ask(), await ask(bearer("a.b.c"))];
    expect([none.status, bad.status]).toEqual([401, 401]);
    expect(none.headers.get("www-authenticate")).toBe("Bearer");
    expect(bad.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    expect(seen).toEqual([]);
  });

  // Identity headers are what auth said, never what a client writes into its request (reliability AU-27).
  it("when a client brings identity headers of its own, then they count for nothing", async () => {
    const forged = { "x-auth-subject": "me", "x-auth-role": "admin" };
    expect((await ask(forged)).status).toBe(401);
    const { id, token } = await signIn();
    await ask({ ...forged, ...bearer(token) });
    expect(seen[0]).toMatchObject({ "x-auth-subject": id, "x-auth-role": "cashier" });
  });

  it("when the session is ended, then the very next request is refused", async () => {
    const { token } = await pairDevice(auth);
    expect((await ask(bearer(token))).status).toBe(200);
    await postForm(auth, "/revoke", { token }, bearer(token));
    expect((await ask(bearer(token))).status).toBe(401);
  });
});
