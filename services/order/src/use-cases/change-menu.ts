import { ok, type Result, refuse } from "@comanda/primitives";
import type { Kysely } from "kysely";
import { lockCatalogue, raiseCatalogueVersion } from "../storage/catalogue.ts";
import type { CatalogueCache } from "../storage/catalogue-cache.ts";
import { claimRequest, findRequest, noteAnswered, type RequestKey } from "../storage/idempotency-keys.ts";
import type { OrderTables } from "../storage/schema.ts";
import type { OnceRefusal } from "./answer-once.ts";

/** Where the menu is kept, and this process's picture of it. */
export type Menu = {
  readonly db: Kysely<OrderTables>;
  readonly catalogue: CatalogueCache;
  /** Writes a change into the audit trail, as the last part of its transaction. */
  readonly note?: (tx: Kysely<OrderTables>, change: { value: unknown; before?: unknown }) => Promise<void>;
};

/** The same menu; a change of it is written down beside what was there `before`, which is known once it was decided. */
export function comparedWith(menu: Menu, before: () => unknown): Menu {
  const { note } = menu;
  return note === undefined ? menu : { ...menu, note: (tx, { value }) => note(tx, { value, before: before() }) };
}

/**
 * One change of the menu: alone among all changes, told to every process, and seen by this one before it answers.
 * `decide` looks before it writes: what it refuses must have written nothing.
 */
export async function changeMenu<Value, Refusal>(
  menu: Menu,
  decide: (tx: Kysely<OrderTables>, before: { readonly filled: boolean }) => Promise<Result<Value, Refusal>>,
): Promise<Result<Value, Refusal>> {
  const decision = await menu.db.transaction().execute(async (tx) => {
    const before = await lockCatalogue(tx);
    const decided = await decide(tx, before);
    if (!decided.ok) return decided;
    await raiseCatalogueVersion(tx);
    await menu.note?.(tx, { value: decided.value });
    return decided;
  });
  if (decision.ok) await menu.catalogue.refresh();
  return decision;
}

/** What a repeatable request came to, and whether that was said before. */
export type Once<Value> = { readonly value: Value; readonly isReplay: boolean };

/**
 * A change of the menu that its sender may repeat: key, effect and answer are one transaction, so that a repetition finds
 * all of it or nothing. What is refused leaves no trace and can be sent again. `Value` must survive JSON.
 */
export async function changeMenuOnce<Value, Refusal>(
  menu: Menu,
  request: { readonly key: RequestKey | null; readonly route: string },
  decide: (tx: Kysely<OrderTables>) => Promise<Result<Value, Refusal>>,
): Promise<Result<Once<Value>, Refusal | OnceRefusal["code"]>> {
  const { key, route } = request;
  if (key === null) {
    const changed = await changeMenu(menu, decide);
    return changed.ok ? ok({ value: changed.value, isReplay: false }) : changed;
  }
  const decision = await menu.db
    .transaction()
    .execute(async (tx): Promise<Result<Once<Value>, Refusal | OnceRefusal["code"]>> => {
      const name = { ...key, route };
      // Before the menu is locked, or a repetition would wait for the first instead of hearing that it runs.
      if (!(await claimRequest(tx, name))) return refuse("request-in-progress");
      const seen = await findRequest(tx, name);
      if (seen !== null) {
        if (seen.fingerprint !== key.fingerprint) return refuse("idempotency-key-reused");
        return ok({ value: seen.answer as Value, isReplay: true }); // written below, by the same route
      }
      await lockCatalogue(tx);
      const decided = await decide(tx);
      if (!decided.ok) return decided;
      await noteAnswered(tx, { ...name, answer: decided.value });
      await raiseCatalogueVersion(tx);
      await menu.note?.(tx, { value: decided.value });
      return ok({ value: decided.value, isReplay: false });
    });
  if (decision.ok && !decision.value.isReplay) await menu.catalogue.refresh();
  return decision;
}
