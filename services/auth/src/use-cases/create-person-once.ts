import { ok, type Result, refuse } from "@comanda/primitives";
import type { Person } from "../domain/person.ts";
import {
  type Creation,
  findCreated,
  insertPerson,
  type NewPerson,
  type People,
  type Taken,
} from "../storage/people.ts";
import { actAndNote, type NoteAct } from "./act-and-note.ts";

/** A creating request that its sender may repeat: the key they gave, and within what it is theirs alone. */
export type RequestKey = { readonly operation: string; readonly scope: string; readonly key: string };

/** A person made now, or the one that the same request made before. */
export type Created = { readonly person: Person; readonly isReplay: boolean; readonly passwordHash: string | null };

/**
 * Writes a person down; a repeated request gets the person of the first one. One statement when all goes well: only a
 * refused insert looks whether it was refused because it had been done already.
 * @param options.content all that the request says, for telling a repetition from another request under the same key.
 *   Never the password: a fast digest of it would undo the slow hash.
 */
export async function createPersonOnce(
  people: People,
  options: {
    readonly newPerson: NewPerson;
    readonly requestKey: RequestKey | null;
    readonly content: readonly (string | boolean | null)[];
    /** Writes down, as a part of the same transaction, who made this person. */
    readonly note?: NoteAct | undefined;
  },
): Promise<Result<Created, Taken | "idempotency-key-reused">> {
  const { newPerson, requestKey, content } = options;
  const creation = requestKey === null ? null : creationOf(people, requestKey, content);
  const written = await write(people, { newPerson, creation, note: options.note });
  if (written.ok) return ok({ person: newPerson.person, isReplay: false, passwordHash: newPerson.passwordHash });

  const first = creation === null ? null : await findCreated(people, creation.key);
  if (creation === null || first === null) {
    if (written.refusal === "repeated") throw new Error("a request was repeated but its person is gone");
    return refuse(written.refusal);
  }
  if (!first.fingerprint.equals(creation.fingerprint)) return refuse("idempotency-key-reused");
  return ok({ person: first.person, isReplay: true, passwordHash: first.passwordHash });
}

async function write(
  people: People,
  given: { readonly newPerson: NewPerson; readonly creation: Creation | null; readonly note: NoteAct | undefined },
) {
  const { newPerson, creation, note } = given;
  // A guest is one statement, with nothing to say about who made them.
  if (note === undefined) return insertPerson(people, newPerson, creation);
  return actAndNote(people.db, {
    act: (tx) => insertPerson({ ...people, db: tx }, newPerson, creation),
    hadEffect: ({ ok }) => ok,
    note: (tx) => note(tx, newPerson.person.id),
  });
}

function creationOf(people: People, request: RequestKey, content: readonly (string | boolean | null)[]): Creation {
  const { personalData } = people;
  return {
    key: personalData.index("request", JSON.stringify([request.operation, request.scope, request.key])),
    fingerprint: personalData.index("request", JSON.stringify(content)),
  };
}
