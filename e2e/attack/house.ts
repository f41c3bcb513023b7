import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "@comanda/primitives";
import { cpfOf } from "@comanda/testing";
import { CALLER_NAMES, type CallerName } from "@comanda/testing/callers";
import { startSystem } from "@comanda/testing/system";
import { ask } from "@comanda/testing/system-client";
import { claimsOf, type Signer, sign } from "@comanda/testing/token-states";
import { type CryptoKey, importJWK } from "jose";
import type { House, Service, Thing } from "./house-shape.ts";
import { fillHouse } from "./things.ts";
import { PASSWORD } from "./values.ts";

// Tokens live for an hour at most; nobody works with one that is about to end.
const RENEW_MS = 120_000;

/**
 * Starts the whole system in real processes, without rate limits (they are tested for themselves) and with everybody in
 * it.
 */
export async function openHouse(variables: Readonly<Record<string, string>> = {}): Promise<House> {
  const system = await startSystem({ RATE_LIMITS: "off", ...variables });
  const urls = { auth: system.auth, order: system.order, payment: system.payment, gateway: system.web };
  const key = await readKey(system.dataDir);
  const issuer = `http://localhost:${new URL(system.web).port}`;
  const signerOf = (service: Service): Signer => ({ issuer, ...key, audience: service });
  const ids = new Map<CallerName, string>([["service", "order"]]);
  const tokens = new Map<string, { readonly token: string; readonly madeAt: number }>();
  const idOf = (caller: CallerName) => ids.get(caller) ?? newId();

  async function tokenOf(caller: CallerName, service: Service): Promise<string> {
    // A guest's orders belong to the session too, so one token serves everywhere.
    const name = caller === "service" ? `service ${service}` : caller;
    const known = tokens.get(name);
    if (known !== undefined && (caller === "identified" || Date.now() - known.madeAt < RENEW_MS)) return known.token;
    const id = caller === "service" ? clientOf(service) : idOf(caller);
    const claims = { ...claimsOf(signerOf(service), { name: caller, id }), exp: Math.floor(Date.now() / 1000) + 3000 };
    const token = await sign(signerOf(service), claims);
    tokens.set(name, { token, madeAt: Date.now() });
    return token;
  }

  const numbers = fresh();
  const things: Map<string, Thing[]> = new Map();
  const house = {
    system,
    urlOf: (service: Service | "gateway") => urls[service],
    tokenOf,
    signerOf,
    idOf,
    things,
    ...numbers,
  };
  const settled = await settle(house);
  for (const [caller, id] of settled.ids) ids.set(caller, id);
  await fillHouse(house);
  const clientSecret = await readFile(join(system.dataDir, "secrets", "order-client-secret"), "utf8");
  return { ...house, guest: settled.guest, clientSecret: clientSecret.trim(), close: () => system.stop() };
}

/** Who asks the service: never itself. */
function clientOf(service: Service): string {
  return service === "payment" ? "order" : "payment";
}

async function readKey(dataDir: string): Promise<Pick<Signer, "kid" | "privateKey">> {
  const folder = join(dataDir, "secrets", "signing-keys");
  const [file = ""] = (await readdir(folder)).sort().slice(-1);
  const jwk = JSON.parse(await readFile(join(folder, file), "utf8"));
  return { kid: jwk.kid, privateKey: (await importJWK(jwk, "EdDSA", { extractable: true })) as CryptoKey }; // a private key, since the file is one
}

/** One real person or device for each caller. */
async function settle(
  house: Pick<House, "system" | "freshCpf" | "freshEmail" | "tokenOf">,
): Promise<{ readonly ids: ReadonlyMap<CallerName, string>; readonly guest: House["guest"] }> {
  const { auth, admin } = house.system;
  const form = new URLSearchParams({ grant_type: "password", username: admin.email, password: admin.password });
  const signIn = await fetch(`${auth}/token`, { method: "POST", body: form });
  const { access_token: token, customer_id: adminId } = (await signIn.json()) as {
    access_token: string;
    customer_id: string;
  }; // our own system's answer
  const ids = new Map<CallerName, string>([["admin", adminId]]);
  const person = () => ({
    name: "Ana Souza",
    email: house.freshEmail(),
    cpf: house.freshCpf(),
    password: PASSWORD,
  });
  const visit = await ask<{ customer: { id: string } }>(`${auth}/customers/anonymous`, { body: {}, expect: 201 });
  ids.set("anonymous", visit.customer.id);
  const known = person();
  const guest = await ask<{ customer: { id: string }; access_token: string }>(`${auth}/customers/register`, {
    body: { ...known, consent: true },
    expect: 201,
  });
  ids.set("registered", guest.customer.id);
  ids.set("identified", guest.customer.id);
  for (const name of CALLER_NAMES) {
    if (name.startsWith("device:")) {
      const body = { name, kind: name.slice("device:".length) };
      const device = await ask<{ id: string; pairing_code: string }>(`${auth}/devices`, { token, body, expect: 201 });
      await fetch(`${auth}/token`, {
        method: "POST",
        body: new URLSearchParams({ grant_type: "urn:comanda:device", pairing_code: device.pairing_code }),
      });
      ids.set(name, device.id);
    }
    if (["kitchen", "cashier", "manager"].includes(name)) {
      ids.set(
        name,
        (
          await ask<{ id: string }>(`${auth}/customers/admin`, {
            token,
            body: { ...person(), role: name },
            expect: 201,
          })
        ).id,
      );
    }
  }
  return { ids, guest: { cpf: known.cpf, email: known.email, token: guest.access_token } };
}

/** CPFs with their check digits, and e-mails, each another one. */
function fresh(): Pick<House, "freshCpf" | "freshEmail"> {
  let count = 0;
  return {
    freshCpf: () => {
      count += 1;
      return cpfOf(String(100_000_000 + ((count * 7919) % 899_999_999)));
    },
    freshEmail: () => {
      count += 1;
      return `guest${count}@exemplo.com.br`;
    },
  };
}
