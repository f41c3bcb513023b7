import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CHARGE_FORMAT } from "../../src/storage/upgrade-charge.ts";
import { aCharge, nextOf } from "./build-charge.ts";
import type { StoreHarness, TestStore } from "./store-harness.ts";

const folder = join(import.meta.dirname, "golden");

/** Documents as they were really written in each format, in this store's form; never changed. */
export function goldenDocuments(form: StoreHarness["form"]): readonly { readonly format: number }[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(`.${form}.json`));
  return names.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

/** Documents of past formats are read, searched and changed like those of today (reliability EV-08, F-58). */
export function contractOfFormats(opened: () => TestStore, form: StoreHarness["form"]): void {
  const golden = readdirSync(folder).filter((name) => name.endsWith(`.${form}.json`));
  describe("documents of past formats", () => {
    it.each(golden)("when %s lies in the store, then it is read, and its next change writes today's", async (name) => {
      const { store, overwriteDocument, readDocument } = opened();
      const charge = aCharge();
      await store.insert(charge);
      const document = JSON.parse(readFileSync(join(folder, name), "utf8"));
      await overwriteDocument(charge.id, { ...document, id: charge.id, orderId: charge.orderId, version: 1 });
      const read = await store.get(charge.id);
      expect(read).toMatchObject({ id: charge.id, amountCents: 1_000_000, status: "partially_refunded" });
      if (read === null) throw new Error("it was there");
      expect(await readDocument(charge.id)).toMatchObject({ format: document.format });
      const next = nextOf(read, { refundedCents: 2 });
      expect(await store.replace(next, 1)).toBe(true);
      expect(await readDocument(charge.id)).toMatchObject({ format: CHARGE_FORMAT, refundedCents: 2 });
      expect(await store.get(charge.id)).toStrictEqual(next);
    });
  });
}
