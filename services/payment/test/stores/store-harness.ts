import { afterAll, beforeAll, beforeEach } from "vitest";
import type { PaymentStore } from "../../src/storage/charge-store.ts";

/** One database, and stores on it. */
export type TestStore = {
  readonly store: PaymentStore;
  /** The same database as another process sees it. */
  readonly other: PaymentStore;
  /** Removes everything that the stores hold. */
  readonly clear: () => Promise<void>;
  /** Cuts every connection of the stores, and refuses new ones until `restore`. */
  readonly cut: () => void;
  /** Undoes `cut`; does nothing when all is well. */
  readonly restore: () => Promise<void>;
  /** Writes over the stored document of a charge, as a broken disk or a newer version would. */
  readonly overwriteDocument: (id: string, document: unknown) => Promise<void>;
  /** The stored document of a charge, as it lies there. */
  readonly readDocument: (id: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
};

/** How a test file makes its database. */
export type StoreHarness = {
  readonly open: () => Promise<TestStore>;
  /** In which form documents lie in this store (`golden/`). */
  readonly form: "postgres" | "mongodb";
};

/** Gives the tests of the enclosing `describe` a store that is empty before each of them. */
export function useStore(harness: StoreHarness): () => TestStore {
  let opened: TestStore | undefined;
  const current = (): TestStore => {
    if (opened === undefined) throw new Error("the store is open only inside a test");
    return opened;
  };
  beforeAll(async () => {
    opened = await harness.open();
  });
  beforeEach(() => current().clear());
  afterAll(() => opened?.close());
  return current;
}
