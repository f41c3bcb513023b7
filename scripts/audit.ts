/** `npm run audit -- verify`: reads the audit trail of each service out of its database and recomputes its chain. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type AuditHead, type AuditTrail, createPostgresTrail, verifyTrail } from "@comanda/audit";
import { createDatabase, createPool } from "@comanda/postgres";
import { runningClusterUrl } from "@comanda/postgres/embedded";
import { openMongoChargeStore } from "../services/payment/src/storage/mongo-charge-store.ts";

const USAGE = `npm run audit -- verify [--head <service>:<number>:<hash>]…

Looks in AUTH_DATABASE_URL, ORDER_DATABASE_URL, PAYMENT_DATABASE_URL or MONGODB_URI, and where none is set in the
PostgreSQL that a running \`npm start\` keeps in DATA_DIR. A head that was noted earlier (it is printed each time) shows
whether a whole chain was made anew.`;

const SERVICES = ["auth", "order", "payment"] as const;
type ServiceName = (typeof SERVICES)[number];

/** A trail that was opened, to be closed again. */
type Opened = { readonly trail: AuditTrail; readonly close: () => Promise<void> };

/** @returns the exit code: 0 when every chain is as it was written */
async function main(argv: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { head: { type: "string", multiple: true, default: [] } },
  });
  if (positionals.length !== 1 || positionals[0] !== "verify") return say(USAGE, 2);
  const known = new Map(values.head.map(readHead));
  const codes: number[] = [];
  for (const service of SERVICES) codes.push(await verify(service, known.get(service)));
  return Math.max(...codes);
}

async function verify(service: ServiceName, known: AuditHead | undefined): Promise<number> {
  const opened = await open(service);
  if (opened === null) return say(`${service}: no database is set and no \`npm start\` is running`, 2);
  try {
    const verdict = await verifyTrail(opened.trail, known === undefined ? {} : { known });
    if (!verdict.isIntact && verdict.fault === "cut") {
      return say(`${service}: row ${verdict.seq} was cut off; give a head that was noted in the last five years`, 1);
    }
    if (!verdict.isIntact) {
      return say(
        `${service}: row ${verdict.seq} is ${verdict.fault}; the ${verdict.rows} rows before it are as written`,
        1,
      );
    }
    const { head, anchor } = verdict;
    const begun = anchor.seq === 0 ? "" : ` behind row ${anchor.seq}, where it was cut`;
    const text = `${service}:${head.seq}:${head.hash.toString("hex")}`;
    return say(`${service}: ${verdict.rows} rows${begun}, all as written; head ${text}`, 0);
  } finally {
    await opened.close();
  }
}

async function open(service: ServiceName): Promise<Opened | null> {
  const mongo = service === "payment" ? process.env["MONGODB_URI"] : undefined;
  if (mongo) {
    const store = await openMongoChargeStore(mongo);
    return { trail: store.audit, close: store.close };
  }
  const directory = join(process.env["DATA_DIR"] ?? ".data", "postgres");
  const url = process.env[`${service.toUpperCase()}_DATABASE_URL`] || runningClusterUrl(directory, service);
  if (url === null) return null;
  const pool = createPool({ connectionString: url, applicationName: "comanda-audit", max: 1 });
  return { trail: createPostgresTrail(createDatabase<object>(pool)), close: () => pool.end() };
}

function readHead(text: string): readonly [string, AuditHead] {
  const [, service = "", seq = "", hash = ""] = /^(auth|order|payment):(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (service === "") throw new Error(`--head ${text} is not <service>:<number>:<hash>`);
  return [service, { seq: Number(seq), hash: Buffer.from(hash, "hex") }];
}

function say(line: string, code: number): number {
  process.stdout.write(`${line}\n`);
  return code;
}

process.exit(await main(process.argv.slice(2)));
