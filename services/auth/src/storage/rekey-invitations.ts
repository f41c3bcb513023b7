import { type ExpressionBuilder, sql } from "kysely";
import type { People } from "./people.ts";
import type { AuthTables } from "./schema.ts";

/** Ids of invitations whose data key is not wrapped by the present master key. */
export async function listInvitationsToRekey(people: People): Promise<readonly string[]> {
  const rows = await people.db.selectFrom("invitations").select("id").where(isUnderOtherKey(people)).execute();
  return rows.map(({ id }) => id);
}

/**
 * Brings one invitation under the present master key: its address is sealed under a fresh key, and the digest that tells
 * whether somebody is asked twice is made anew.
 * @throws Error when it does not open, or the same address was invited under the present key meanwhile
 */
export async function rekeyInvitation(people: People, id: string): Promise<void> {
  const { personalData } = people;
  await people.db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom("invitations")
      .select(["email_sealed", "data_key"])
      .where("id", "=", id)
      .where(isUnderOtherKey(people))
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (row === undefined) return;
    const email = personalData.keyOf(id, row.data_key).open("email", row.email_sealed);
    const dataKey = personalData.newKey(id);
    await tx
      .updateTable("invitations")
      .set({
        email_sealed: personalData.keyOf(id, dataKey).seal("email", email),
        data_key: dataKey,
        email_index: personalData.index("invitation", email),
      })
      .where("id", "=", id)
      .execute();
  });
}

/** A wrapped key begins with its version, one byte, and names its master key with the next four (personal-data.ts). */
function isUnderOtherKey({ personalData }: People) {
  return (eb: ExpressionBuilder<AuthTables, "invitations">) =>
    eb(sql<Buffer>`substring(data_key from 2 for 4)`, "!=", personalData.masterKeyId);
}
