/** Row of `people`; what the columns mean is written in the migration. */
export type PersonRow = {
  readonly id: string;
  readonly role: "customer" | "kitchen" | "cashier" | "manager" | "admin";
  readonly level: "anonymous" | "registered" | null;
  readonly name: string | null;
  readonly email_sealed: Buffer | null;
  readonly email_index: Buffer | null;
  readonly cpf_sealed: Buffer | null;
  readonly cpf_index: Buffer | null;
  readonly password_hash: string | null;
  readonly consented_at: Date | null;
  readonly created_at: Date;
  readonly creation_key: Buffer | null;
  readonly creation_fingerprint: Buffer | null;
};

/** The tables of auth's database. */
export type AuthTables = { readonly people: PersonRow };
