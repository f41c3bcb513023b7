import { type Kysely, sql } from "kysely";
import type { OrderTables } from "./schema.ts";

/** A request that its sender may repeat: who sent it (`scope`), under which name (`key`), and what it said. */
export type RequestKey = { readonly scope: string; readonly key: string; readonly fingerprint: string };

/** What is known of a request that was seen before. `answer`: as it was given, where that had to be kept. */
export type SeenRequest = {
  readonly fingerprint: string;
  readonly orderId: string | null;
  readonly answer: unknown;
  readonly ageSeconds: number;
};

/** The name under which the keys of placing are kept: the placing statement writes them itself. */
export const PLACE_ROUTE = "place-order";

/** Which request: the same key on another route is another request. */
export type KeyName = { readonly scope: string; readonly route: string; readonly key: string };

export async function findRequest(db: Kysely<OrderTables>, name: KeyName): Promise<SeenRequest | null> {
  const { rows } = await sql<SeenRequest>`
    select fingerprint, order_id as "orderId", answer,
      extract(epoch from now() - created_at)::float8 as "ageSeconds"
    from idempotency_keys where scope = ${name.scope} and route = ${name.route} and key = ${name.key}`.execute(db);
  return rows[0] ?? null;
}

/** Notes that a request begins. `false`: it was seen before. */
export async function beginRequest(
  db: Kysely<OrderTables>,
  request: RequestKey & { readonly route: string; readonly orderId: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into idempotency_keys (scope, route, key, fingerprint, order_id)
    values (${request.scope}, ${request.route}, ${request.key}, ${request.fingerprint}, ${request.orderId})
    on conflict do nothing`.execute(db);
  return numAffectedRows === 1n;
}

/**
 * Holds a request until the transaction ends, where key and effect are one. `false`: another transaction has it.
 */
export async function claimRequest(tx: Kysely<OrderTables>, name: KeyName): Promise<boolean> {
  const { rows } = await sql<{ claimed: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${JSON.stringify([name.scope, name.route, name.key])}, 0))
      as claimed`.execute(tx);
  return rows[0]?.claimed === true;
}

/** Notes a request together with its answer, in the transaction of its effect. */
export async function noteAnswered(
  tx: Kysely<OrderTables>,
  request: RequestKey & { readonly route: string; readonly answer: unknown },
): Promise<void> {
  await sql`
    insert into idempotency_keys (scope, route, key, fingerprint, answer)
    values (${request.scope}, ${request.route}, ${request.key}, ${request.fingerprint},
      ${JSON.stringify(request.answer)}::jsonb)`.execute(tx);
}

/** Takes over a request whose process died on it: begun more than `seconds` ago and never answered. One wins. */
export async function takeOverRequest(db: Kysely<OrderTables>, name: KeyName, seconds: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update idempotency_keys set created_at = now()
    where scope = ${name.scope} and route = ${name.route} and key = ${name.key} and answer is null
      and created_at < now() - ${seconds} * interval '1 second'`.execute(db);
  return numAffectedRows === 1n;
}

/** Keeps the answer for repetitions; the first one stands. */
export async function keepAnswer(db: Kysely<OrderTables>, name: KeyName, answer: unknown): Promise<void> {
  await sql`
    update idempotency_keys set answer = ${JSON.stringify(answer)}::jsonb
    where scope = ${name.scope} and route = ${name.route} and key = ${name.key} and answer is null`.execute(db);
}

/** Forgets a request that came to nothing, so that it can be sent again and be judged anew. */
export async function forgetRequest(db: Kysely<OrderTables>, name: KeyName): Promise<void> {
  await sql`
    delete from idempotency_keys
    where scope = ${name.scope} and route = ${name.route} and key = ${name.key} and answer is null`.execute(db);
}

/** Longer than any client repeats a request (reliability OR-12). */
const KEPT_HOURS = 72;

export async function purgeIdempotencyKeys(db: Kysely<OrderTables>): Promise<void> {
  await sql`delete from idempotency_keys where created_at < now() - ${KEPT_HOURS} * interval '1 hour'`.execute(db);
}
