import { type Kysely, sql } from "kysely";

/**
 * Notes an event as received, in the transaction of its effect (reliability EV-04). The table is the one of
 * `sql/0002_create_inbox.sql`.
 * @returns `false` when it was received before: then there is nothing to do
 */
export async function noteReceived<Schema>(
  tx: Kysely<Schema>,
  event: { readonly consumer: string; readonly eventId: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into inbox (consumer, event_id) values (${event.consumer}, ${event.eventId})
    on conflict do nothing`.execute(tx);
  return numAffectedRows === 1n;
}

/** Forgets events received more than `days` ago: longer than any redelivery or replay (reliability EV-14). */
export async function purgeInbox<Schema>(db: Kysely<Schema>, days = 14): Promise<void> {
  await sql`delete from inbox where received_at < now() - ${days} * interval '1 day'`.execute(db);
}
