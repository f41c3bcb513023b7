import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeAuthorization, type Guarded } from "@comanda/testing/authorization";
import { expect, it, onTestFinished } from "vitest";
import { hireStaff, pairDevice, registerGuest } from "./builders.ts";
import { type Auth, bearer, post, signToken, startAuth } from "./harness.ts";
import { wordsOf } from "./matrix-words.ts";
import { startOtherServices } from "./other-services.ts";

describeAuthorization("auth", async (): Promise<Guarded> => {
  const others = await startOtherServices();
  const folder = await mkdtemp(join(tmpdir(), "comanda-auth-mail-"));
  const auth = await startAuth({ settings: { ...others.settings, MAIL_FOLDER: folder } });
  const url = await auth.app.listen({ host: "127.0.0.1", port: 0 });
  const { kid, privateKey } = auth.keys.current();
  const ids = await people(auth);
  return {
    url,
    signer: { issuer: auth.issuer, kid, privateKey, audience: "auth" },
    idOf: (name) => ids[name],
    words: wordsOf(auth, folder),
    revoke: async (token) => {
      await auth.app.inject({
        method: "POST",
        url: "/revoke",
        headers: { ...bearer(token), "content-type": "application/x-www-form-urlencoded" },
        payload: `token=${token}`,
      });
    },
    close: async () => {
      await auth.close();
      await others.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});

/** One real person or device for each caller. */
async function people(auth: Auth): Promise<Readonly<Record<string, string>>> {
  const visit = (await post(auth, "/customers/anonymous")).json();
  const guest = await registerGuest(auth);
  const ids: Record<string, string> = {
    anonymous: visit.customer.id,
    registered: guest.id,
    identified: guest.id,
    service: "order",
  };
  for (const role of ["kitchen", "cashier", "manager", "admin"]) ids[role] = (await hireStaff(auth, { role })).id;
  for (const kind of ["kiosk", "kitchen", "panel", "counter"]) {
    ids[`device:${kind}`] = (await pairDevice(auth, { kind })).id;
  }
  return ids;
}

const nowS = () => Math.floor(Date.now() / 1000);

it("when a token is good to the last second of the leeway, then it is good, and not later", async () => {
  const auth = await startAuth();
  onTestFinished(() => auth.close());
  const { id } = await hireStaff(auth, { role: "admin" });
  const status = async (claims: Record<string, unknown>) => {
    const token = await signToken(auth, { role: "admin", subject: id, claims });
    return (await auth.app.inject({ url: "/auth", headers: bearer(token) })).statusCode;
  };
  expect(await status({ nbf: nowS() + 55 })).toBe(200);
  expect(await status({ nbf: nowS() + 65 })).toBe(401);
  expect(await status({ iat: nowS() + 55 })).toBe(200);
  expect(await status({ iat: nowS() + 65 })).toBe(401);
});
