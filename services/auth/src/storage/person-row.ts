import { parseCpf } from "../domain/cpf.ts";
import { parseEmail } from "../domain/email.ts";
import type { Person, Profile } from "../domain/person.ts";
import type { PersonalData, PersonalField } from "./personal-data.ts";
import type { PersonRow } from "./schema.ts";

/** The columns a person is read from. */
export const PERSON_COLUMNS = [
  "id",
  "role",
  "level",
  "name",
  "name_sealed",
  "email_sealed",
  "cpf_sealed",
  "data_key",
  "created_at",
] as const;
type VisibleRow = Pick<PersonRow, (typeof PERSON_COLUMNS)[number]>;

/** What of a row depends on the keys. */
export type SealedColumns = Pick<
  PersonRow,
  "name" | "name_sealed" | "email_sealed" | "email_index" | "cpf_sealed" | "cpf_index" | "data_key" | "data_key_id"
>;

const NOTHING_SEALED: SealedColumns = {
  name: null,
  name_sealed: null,
  email_sealed: null,
  email_index: null,
  cpf_sealed: null,
  cpf_index: null,
  data_key: null,
  data_key_id: null,
};

/** Seals a profile under the data key of its person: the one they have, or a fresh one. */
export function sealProfile(
  personalData: PersonalData,
  { id, profile, dataKey }: { readonly id: string; readonly profile: Profile | null; readonly dataKey?: Buffer | null },
): SealedColumns {
  if (profile === null) return NOTHING_SEALED;
  const wrapped = dataKey ?? personalData.newKey(id);
  const key = personalData.keyOf(id, wrapped);
  const email = profile.email.reveal();
  const cpf = profile.cpf?.reveal();
  return {
    name: null,
    name_sealed: key.seal("name", profile.name),
    email_sealed: key.seal("email", email),
    email_index: personalData.index("email", email),
    cpf_sealed: cpf === undefined ? null : key.seal("cpf", cpf),
    cpf_index: cpf === undefined ? null : personalData.index("cpf", cpf),
    data_key: dataKey == null ? wrapped : personalData.rewrap(id, dataKey),
    data_key_id: personalData.masterKeyId,
  };
}

/** @throws Error when the row cannot be opened or holds what it must not */
export function personOf(personalData: PersonalData, row: VisibleRow): Person {
  const base = { id: row.id, createdAt: row.created_at };
  if (row.role === "customer" && row.level === "anonymous") {
    return { ...base, role: row.role, level: row.level, profile: null };
  }
  const profile = profileOf(personalData, row);
  if (row.role !== "customer") return { ...base, role: row.role, level: null, profile };
  return { ...base, role: row.role, level: "registered", profile };
}

function profileOf(personalData: PersonalData, row: VisibleRow): Profile {
  const { id, email_sealed: emailSealed, cpf_sealed: cpfSealed } = row;
  const open = openerOf(personalData, row);
  const name = row.name_sealed === null ? row.name : open("name", row.name_sealed);
  if (name === null || emailSealed === null) throw new Error(`person ${id} has no name or no e-mail`);
  const email = parseEmail(open("email", emailSealed));
  const cpf = cpfSealed === null ? null : parseCpf(open("cpf", cpfSealed));
  if (!email.ok || cpf?.ok === false) throw new Error(`person ${id} has an e-mail or CPF that is none`);
  return { name, email: email.value, cpf: cpf === null ? null : cpf.value };
}

/** Rows from before people had keys of their own are under the master key; they are moved over in the background. */
function openerOf(personalData: PersonalData, row: VisibleRow) {
  const { id, data_key: wrapped } = row;
  if (wrapped !== null) return personalData.keyOf(id, wrapped).open;
  return (field: PersonalField, sealed: Buffer) => personalData.openOld({ id, field }, sealed);
}
