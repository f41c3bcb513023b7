import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeStore } from "./store.ts";

const makeDirectory = async () => {
  const directory = await mkdtemp(join(tmpdir(), "sandbox-journal-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return { directory, path: join(directory, "journal.jsonl") };
};
const openStore = async (directory: string) => {
  const store = makeStore();
  const rows = store.table<{ n: number }>("row");
  await store.open(directory);
  return { store, rows };
};

describe("journal", () => {
  it("when a store is opened again, then it holds the last value of everything durable", async () => {
    const { directory, path } = await makeDirectory();
    const first = await openStore(directory);
    first.rows.put("a", { n: 1 });
    first.rows.put("a", { n: 2 });
    first.rows.put("b", { n: 3 });
    first.rows.remove("b");
    await first.store.durable();
    const second = await openStore(directory);
    expect([...second.rows.values()]).toEqual([{ n: 2 }]);
    expect(await readFile(path, "utf8")).toBe('[["row","a",{"n":2}]]\n');
    await Promise.all([first.store.close(), second.store.close()]);
  });

  it("when an order was written before orders had a type, then it opens as one by QR code", async () => {
    const { directory, path } = await makeDirectory();
    await writeFile(path, '[["order","ORD1",{"status":"created"}]]\n[["order","ORD2",null]]\n');
    const store = makeStore();
    const orders = store.table<{ type: string; status: string }>("order");
    await store.open(directory);
    expect([...orders.values()]).toEqual([{ type: "qr", status: "created" }]);
    await store.close();
  });

  it("when changes belong together, then they are one line", async () => {
    const { directory, path } = await makeDirectory();
    const { store, rows } = await openStore(directory);
    store.transact(() => {
      rows.put("a", { n: 1 });
      rows.put("b", { n: 2 });
    });
    await store.close();
    expect(await readFile(path, "utf8")).toBe('[["row","a",{"n":1}],["row","b",{"n":2}]]\n');
  });

  it("when the last line is torn, then everything before it is kept and the journal goes on", async () => {
    const { directory, path } = await makeDirectory();
    const first = await openStore(directory);
    first.rows.put("a", { n: 1 });
    await first.store.close();
    await appendFile(path, '[["row","b",{"n"');
    const second = await openStore(directory);
    second.rows.put("c", { n: 3 });
    await second.store.close();
    const third = await openStore(directory);
    expect([...third.rows.values()]).toEqual([{ n: 1 }, { n: 3 }]);
    await third.store.close();
  });

  it("when a line in the middle is damaged, then opening fails and says where", async () => {
    const { directory, path } = await makeDirectory();
    await writeFile(path, '[["row","a",{"n":1}]]\nnonsense\n[["row","b",{"n":1}]]\n');
    await expect(openStore(directory)).rejects.toThrow("damaged at line 2");
  });
});
