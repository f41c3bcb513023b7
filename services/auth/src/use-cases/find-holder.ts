import { holderFor } from "../domain/token-policy.ts";
import { findActiveDevice } from "../storage/devices.ts";
import { findPerson, type People } from "../storage/people.ts";
import type { Db, Session } from "../storage/sessions.ts";
import { isDisabled } from "../storage/staff.ts";
import type { SessionHolder } from "./begin-session.ts";

/** Finds who the subject of a session is by now; `null` for somebody who is gone. */
export function makeFindHolder(people: People) {
  return async function findHolder(
    db: Db,
    { subject, proof }: Pick<Session, "subject" | "proof">,
  ): Promise<SessionHolder | null> {
    switch (subject.kind) {
      case "person": {
        const person = await findPerson({ ...people, db }, subject.id);
        if (person !== null && (await isDisabled(db, person.id))) return null;
        return person === null ? null : holderFor(person, proof ?? "password");
      }
      case "device": {
        const device = await findActiveDevice(db, subject.id);
        return device === null ? null : { kind: "device", id: device.id, deviceKind: device.kind };
      }
    }
  };
}
