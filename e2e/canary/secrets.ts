import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Stage } from "./cast.ts";

/** What the processes hold for themselves; each is a canary. */
export type Secrets = {
  readonly orderClientSecret: string;
  readonly webhookSecret: string;
};

export async function plantSecrets({ system, plant }: Stage): Promise<Secrets> {
  const folder = join(system.dataDir, "secrets");
  const read = async (name: string) => (await readFile(join(folder, name), "utf8")).trim();
  plant("the access token at Mercado Pago", await read("sandbox-access-token"));
  plant("the key of personal data", await read("personal-data-key"), "base64");
  plant("payment's client secret", await read("payment-client-secret"), "base64");
  for (const file of await readdir(join(folder, "signing-keys"))) {
    const { d } = JSON.parse(await read(join("signing-keys", file)));
    plant("the private signing key", d, "base64");
  }
  for (const [name, url] of Object.entries(system.databaseUrls)) {
    const { password } = new URL(url);
    if (password !== "") plant(`the password of the database of ${name}`, decodeURIComponent(password));
  }
  return {
    orderClientSecret: plant("order's client secret", await read("order-client-secret"), "base64"),
    webhookSecret: plant("the secret of notices", await read("sandbox-webhook-secret")),
  };
}
