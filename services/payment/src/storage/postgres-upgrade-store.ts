import type { Id } from "@comanda/primitives";
import { sql } from "kysely";
import { encodeCharge } from "./charge-document.ts";
import type { Db } from "./postgres-charge-statements.ts";
import { CHARGE_FORMAT } from "./upgrade-charge.ts";
import { type StoredDocument, takeUpgradeStep } from "./upgrade-step.ts";
import { UNREADABLE_MAX, type UpgradePass, type UpgradeStore } from "./upgrade-store.ts";

type PassRow = Omit<UpgradePass, "seen" | "upgraded"> & { readonly seen: string; readonly upgraded: string };

/** The pass over the documents in the tables `charges` and `charge_upgrades`. */
export function createPostgresUpgradeStore(db: Db): UpgradeStore {
  return {
    pass: async (now) => {
      const known = await read(db);
      if (known !== undefined) return known;
      await sql`
        insert into charge_upgrades (format, since) values (${CHARGE_FORMAT}, ${now})
        on conflict (format) do nothing`.execute(db);
      const begun = await read(db);
      if (begun === undefined) throw new Error("the pass that was just begun is gone");
      return begun;
    },
    step: (options) =>
      takeUpgradeStep({ next: (of) => next(db, of), again: (ids) => again(db, ids), rewrite }, options),
    note: async ({ last, seen, upgraded, unreadable }, now) => {
      await sql`
        update charge_upgrades
        set after = greatest(after, ${last}::uuid), seen = seen + ${seen}, upgraded = upgraded + ${upgraded},
          unreadable = (
            select coalesce(array_agg(id), '{}')
            from (select distinct id from unnest(unreadable || ${unreadable}::uuid[]) as id
              order by id limit ${UNREADABLE_MAX}) as named),
          done_at = coalesce(done_at, case when ${last}::uuid is null then ${now}::timestamptz end)
        where format = ${CHARGE_FORMAT}`.execute(db);
    },
  };

  /** The version stands beside the document and stays: readers and writers of the charge notice nothing. */
  async function rewrite(
    batch: Parameters<Parameters<typeof takeUpgradeStep>[0]["rewrite"]>[0],
  ): Promise<ReadonlySet<Id>> {
    const { rows } = await sql<{ id: Id }>`
      update charges c set document = anew.document
      from unnest(
        ${batch.map(({ charge }) => charge.id)}::uuid[], ${batch.map(({ mark }) => mark)}::integer[],
        ${batch.map(({ charge }) => JSON.stringify(encodeCharge(charge)))}::json[]) as anew(id, version, document)
      where c.id = anew.id and c.version = anew.version
      returning c.id`.execute(db);
    return new Set(rows.map(({ id }) => id));
  }
}

async function read(db: Db): Promise<UpgradePass | undefined> {
  const { rows } = await sql<PassRow>`
    select format, since, after, seen, upgraded, unreadable, done_at as "doneAt"
    from charge_upgrades where format = ${CHARGE_FORMAT}`.execute(db);
  const [row] = rows;
  return row === undefined ? undefined : { ...row, seen: Number(row.seen), upgraded: Number(row.upgraded) };
}

async function next(
  db: Db,
  { after, limit }: { readonly after: Id | null; readonly limit: number },
): Promise<readonly StoredDocument[]> {
  const { rows } = await sql<StoredDocument>`
    select id, document, version as mark from charges
    where ${after}::uuid is null or id > ${after}::uuid
    order by id limit ${limit}`.execute(db);
  return rows;
}

async function again(db: Db, ids: readonly Id[]): Promise<readonly StoredDocument[]> {
  const { rows } = await sql<StoredDocument>`
    select id, document, version as mark from charges where id = any(${ids})`.execute(db);
  return rows;
}
