import { Binary, MongoClient, ObjectId } from "mongodb";

/** Everything that stands in one field of one collection, `collection.field.field[]`, of all its documents. */
export type DumpedField = { readonly field: string; readonly text: string };

/**
 * Reads a whole database over MongoDB's protocol, for a scan of what it holds: every field of every document of every
 * collection, bytes in three readings.
 */
export async function dumpMongo(uri: string): Promise<readonly DumpedField[]> {
  const client = new MongoClient(uri, { appName: "comanda-scan" });
  try {
    const db = client.db();
    const found = new Map<string, string[]>();
    for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
      for (const document of await db.collection(name).find().toArray()) note(found, name, document);
    }
    return [...found].map(([field, texts]) => ({ field, text: texts.join("\n") }));
  } finally {
    await client.close();
  }
}

function note(found: Map<string, string[]>, path: string, value: unknown): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    for (const each of value) note(found, `${path}[]`, each);
  } else if (isPlain(value)) {
    for (const [name, each] of Object.entries(value)) note(found, `${path}.${name}`, each);
  } else {
    const texts = found.get(path);
    if (texts === undefined) found.set(path, [...readings(value)]);
    else texts.push(...readings(value));
  }
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && !(value instanceof Date || value instanceof Binary || value instanceof ObjectId);
}

function readings(value: unknown): readonly string[] {
  if (value instanceof Date) return [value.toISOString()];
  if (!(value instanceof Binary)) return [String(value)];
  const bytes = Buffer.from(value.buffer);
  return [bytes.toString("hex"), bytes.toString("latin1"), bytes.toString("utf8")];
}
