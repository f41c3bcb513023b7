import { createPool } from "@comanda/postgres";
import { createLogger } from "@comanda/service-kit";
import { describe, expect, it } from "vitest";
import { buildApp } from "../src/app.ts";
import type { SigningKeys } from "../src/storage/signing-keys.ts";
import { settings } from "./harness.ts";

const noKeys: SigningKeys = {
  current: () => {
    throw new Error("nothing is signed here");
  },
  publicKeys: () => [],
  verificationKeys: () => {
    throw new Error("nothing is verified here");
  },
  stop: () => undefined,
};

type Operation = {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security: readonly object[];
  readonly responses: Readonly<Record<string, unknown>>;
};

/** The document, built with neither database nor keys: how `scripts/openapi.ts` gets it. */
async function readOperations(): Promise<readonly (readonly [name: string, Operation])[]> {
  const pool = createPool({ connectionString: "postgresql://nobody@127.0.0.1:1/none", applicationName: "none" });
  const log = createLogger({ service: "auth", level: "silent" });
  const { app } = await buildApp({ pool, keys: noKeys, settings, log });
  await app.ready();
  const document = app.swagger();
  await app.close();
  const paths = Object.entries(document.paths ?? {});
  return paths.flatMap(([path, methods]) =>
    // The document's own type is looser than what the kit writes.
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => [`${method} ${path}`, operation]),
  ) as (readonly [string, Operation])[]; // flatMap widens the pair to an array
}

describe("the OpenAPI document", () => {
  it("when it is written, then every operation of auth has a name, a summary, a tag and its refusals", async () => {
    const operations = (await readOperations()).filter(([, operation]) => !operation.tags?.includes("operations"));
    expect(operations.map(([, operation]) => operation.operationId).sort()).toEqual([
      "accept-invitation",
      "begin-second-factor",
      "change-password",
      "check-token",
      "confirm-code",
      "confirm-second-factor",
      "correct-customer",
      "create-anonymous-customer",
      "create-device",
      "create-staff-member",
      "disable-second-factor",
      "disclose-customer",
      "erase-customer",
      "export-customer",
      "identify-customer",
      "introspect-token",
      "invite-staff-member",
      "issue-token",
      "list-auth-audit",
      "list-consents",
      "list-customers",
      "list-device-people",
      "list-devices",
      "list-invitations",
      "list-revocations",
      "list-sessions",
      "list-signing-keys",
      "list-staff",
      "read-customer",
      "read-erasure",
      "read-second-factor",
      "read-server-metadata",
      "record-consent",
      "redeem-password-reset",
      "register-customer",
      "remove-pin",
      "renew-recovery-codes",
      "reset-password",
      "reset-second-factor",
      "revoke-device",
      "revoke-invitation",
      "revoke-session",
      "revoke-token",
      "search-customers",
      "send-code",
      "set-pin",
      "update-staff-member",
      "verify-auth-audit",
    ]);
    for (const [name, { summary, tags, responses, security }] of operations) {
      expect(summary, name).toBeTruthy();
      expect(tags, name).toHaveLength(1);
      const statuses = Object.keys(responses);
      expect(statuses, name).toContain("500");
      if (security.length > 0) expect(statuses, name).toContain("401");
      if (name.startsWith("post")) expect(statuses, name).toEqual(expect.arrayContaining(["400", "413", "415"]));
    }
  });
});
