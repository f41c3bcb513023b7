import { setImmediate } from "node:timers/promises";
import { type ExpressionBuilder, sql } from "kysely";
import type { People } from "./people.ts";
import { PERSON_COLUMNS, personOf, type SealedColumns, sealProfile } from "./person-row.ts";
import { type NamedSecret, readSecrets, replaceSecrets } from "./rekey-secrets.ts";
import type { AuthTables } from "./schema.ts";
import type { Db } from "./sessions.ts";

/** Ids of people whose data key is not wrapped by the present master key, in order. */
export async function listPeopleToRekey(
  people: People,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly string[]> {
  let statement = people.db.selectFrom("people").select("id").where(isUnderOtherKey(people));
  if (page.after !== null) statement = statement.where("id", ">", page.after);
  const rows = await statement.orderBy("id").limit(page.limit).execute();
  return rows.map(({ id }) => id);
}

/** How many people are still under another master key. */
export async function countPeopleToRekey(people: People): Promise<number> {
  const counted = people.db.selectFrom("people").select((eb) => eb.fn.countAll<string>().as("left"));
  return Number((await counted.where(isUnderOtherKey(people)).executeTakeFirst())?.left ?? 0);
}

/**
 * Brings many people under the present master key in one transaction. Whoever is held by somebody else (an erasure, a
 * correction, another process that does the same), or does not open, is left for `rekeyPerson`.
 * @returns how many were brought over
 */
export async function rekeyMany(people: People, ids: readonly string[]): Promise<number> {
  return people.db.transaction().execute(async (tx) => {
    const rows = await toBeRekeyed({ ...people, db: tx }, ids)
      .skipLocked()
      .execute();
    return reseal({ ...people, db: tx }, rows, () => undefined);
  });
}

/**
 * Brings one person under the present master key, within the transaction of `people.db`; waits for whoever holds the row.
 * @throws Error when what is held of them does not open, or somebody has taken their e-mail or CPF meanwhile
 */
export async function rekeyPerson(people: People, id: string): Promise<void> {
  await reseal(people, await toBeRekeyed(people, [id]).execute(), (error) => {
    throw error;
  });
}

const AT_A_STRETCH = 5;

type Row = Parameters<typeof personOf>[1];

/** Rows that are locked until the transaction ends, in the order of their ids: everybody reads the row before or after. */
function toBeRekeyed(people: People, ids: readonly string[]) {
  return people.db
    .selectFrom("people")
    .select(PERSON_COLUMNS)
    .where("id", "in", ids)
    .where(isUnderOtherKey(people))
    .orderBy("id")
    .forNoKeyUpdate();
}

function isUnderOtherKey({ personalData }: People) {
  const present = personalData.masterKeyId;
  // With < and > instead of !=, for which the index could not be used.
  return (eb: ExpressionBuilder<AuthTables, "people">) =>
    eb.and([
      eb("email_index", "is not", null),
      present === null
        ? eb.val(true)
        : eb.or([eb("data_key_id", "is", null), eb("data_key_id", "<", present), eb("data_key_id", ">", present)]),
    ]);
}

/** Seals all that is held of these people under fresh data keys, and makes the digests they are found by anew. */
async function reseal(people: People, rows: readonly Row[], onFailure: (error: unknown) => void): Promise<number> {
  const secrets = await readSecrets(
    people.db,
    rows.map(({ id }) => id),
  );
  const done: {
    readonly columns: SealedColumns & { readonly id: string };
    readonly secrets: readonly NamedSecret[];
  }[] = [];
  for (const [at, row] of rows.entries()) {
    // Opening and sealing takes 0.1 ms each; requests of guests that wait meanwhile go first.
    if (at % AT_A_STRETCH === 0) await setImmediate();
    try {
      done.push(resealed(people, row, secrets.get(row.id) ?? []));
    } catch (error) {
      onFailure(error);
    }
  }
  if (done.length === 0) return 0;
  await replaceColumns(
    people.db,
    done.map(({ columns }) => columns),
  );
  await replaceSecrets(
    people.db,
    done.flatMap((one) => one.secrets),
  );
  return done.length;
}

function resealed({ personalData }: People, row: Row, secrets: readonly NamedSecret[]) {
  const { id, data_key: before } = row;
  const columns = sealProfile(personalData, { id, profile: personOf(personalData, row).profile });
  if (secrets.length === 0) return { columns: { id, ...columns }, secrets };
  if (before === null || columns.data_key === null) throw new Error(`person ${id} has secrets and no data key`);
  const [old, fresh] = [personalData.keyOf(id, before), personalData.keyOf(id, columns.data_key)];
  return {
    columns: { id, ...columns },
    secrets: secrets.map(({ sealed, ...secret }) => ({
      ...secret,
      sealed: fresh.seal(secret.field, old.open(secret.field, sealed)),
    })),
  };
}

/** One statement for all of them: what takes long is the way to the database, not the sealing. */
async function replaceColumns(tx: Db, rows: readonly (SealedColumns & { readonly id: string })[]): Promise<void> {
  const all = <Name extends keyof (typeof rows)[number]>(name: Name) => rows.map((row) => row[name]);
  await sql`
    update people set name = null, name_sealed = fresh.name_sealed, email_sealed = fresh.email_sealed,
      email_index = fresh.email_index, cpf_sealed = fresh.cpf_sealed, cpf_index = fresh.cpf_index,
      data_key = fresh.data_key, data_key_id = fresh.data_key_id
    from unnest(${all("id")}::uuid[], ${all("name_sealed")}::bytea[], ${all("email_sealed")}::bytea[],
      ${all("email_index")}::bytea[], ${all("cpf_sealed")}::bytea[], ${all("cpf_index")}::bytea[],
      ${all("data_key")}::bytea[], ${all("data_key_id")}::bytea[])
      as fresh (id, name_sealed, email_sealed, email_index, cpf_sealed, cpf_index, data_key, data_key_id)
    where people.id = fresh.id`.execute(tx);
}
