import type { ConsentRow, ErasureRow, LetterRow, VerificationRow } from "./privacy-rows.ts";

/** Row of `people`; what the columns mean is written in the migration. */
export type PersonRow = {
  readonly id: string;
  readonly role: "customer" | "kitchen" | "cashier" | "manager" | "admin";
  readonly level: "anonymous" | "registered" | null;
  /** Only in rows from before names were sealed. */
  readonly name: string | null;
  readonly name_sealed: Buffer | null;
  readonly email_sealed: Buffer | null;
  readonly email_index: Buffer | null;
  readonly cpf_sealed: Buffer | null;
  readonly cpf_index: Buffer | null;
  readonly data_key: Buffer | null;
  readonly data_key_id: Buffer | null;
  readonly email_verified_at: Date | null;
  readonly password_hash: string | null;
  readonly consented_at: Date | null;
  readonly created_at: Date;
  readonly creation_key: Buffer | null;
  readonly creation_fingerprint: Buffer | null;
};

/** Row of `sessions`. */
export type SessionRow = {
  readonly id: string;
  readonly subject_kind: "person" | "device";
  readonly subject: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly ended_at: Date | null;
  readonly proof: "password" | "mfa" | "pin" | null;
  readonly agent: string | null;
  readonly device_id: string | null;
  readonly last_used_at: Date;
};

/** Row of `refresh_tokens`. */
export type RefreshTokenRow = {
  readonly digest: Buffer;
  readonly session_id: string;
  readonly access_token_id: string;
  readonly access_expires_at: Date;
  readonly expires_at: Date | null;
  readonly spent_at: Date | null;
  readonly successor: Buffer | null;
  readonly answer_sealed: Buffer | null;
};

/** Row of `devices`. */
export type DeviceRow = {
  readonly id: string;
  readonly kind: "kiosk" | "kitchen" | "panel" | "counter";
  readonly name: string;
  readonly created_by: string;
  readonly created_at: Date;
  readonly pairing_digest: Buffer | null;
  readonly pairing_expires_at: Date | null;
  readonly paired_at: Date | null;
  readonly last_seen_at: Date | null;
  readonly software_version: string | null;
  readonly revoked_at: Date | null;
  readonly creation_key: Buffer | null;
  readonly creation_fingerprint: Buffer | null;
};

/** Row of `revocations`. */
export type RevocationRow = {
  readonly kind: "token" | "subject";
  readonly value: string;
  readonly not_before: Date | null;
  readonly expires_at: Date;
};

/** Row of `failed_attempts`. */
export type FailedAttemptsRow = {
  readonly key: Buffer;
  readonly streak: number;
  readonly last_at: Date;
  readonly hour_count: number;
  readonly hour_began_at: Date;
};

/** Row of `second_factors`. */
export type SecondFactorRow = {
  readonly person_id: string;
  readonly secret_sealed: Buffer;
  readonly created_at: Date;
  readonly confirmed_at: Date | null;
  readonly last_step: number;
};

/** Row of `recovery_codes`. */
export type RecoveryCodeRow = {
  readonly person_id: string;
  readonly digest: Buffer;
  readonly used_at: Date | null;
};

/** Row of `used_assertions`. */
type UsedAssertionRow = { readonly digest: Buffer; readonly expires_at: Date };

/** Row of `disabled_people`. */
export type DisabledPersonRow = { readonly person_id: string; readonly disabled_at: Date };

/** Row of `invitations`. */
export type InvitationRow = {
  readonly id: string;
  readonly role: "kitchen" | "cashier" | "manager" | "admin";
  readonly email_sealed: Buffer;
  readonly data_key: Buffer;
  readonly email_index: Buffer;
  readonly code_digest: Buffer;
  readonly invited_by: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly accepted_at: Date | null;
  readonly revoked_at: Date | null;
  readonly creation_key: Buffer | null;
  readonly creation_fingerprint: Buffer | null;
};

/** Row of `password_resets`. */
export type PasswordResetRow = {
  readonly person_id: string;
  readonly code_digest: Buffer;
  readonly expires_at: Date;
};

/** Row of `pins`. */
export type PinRow = {
  readonly person_id: string;
  readonly hash_sealed: Buffer;
  readonly set_at: Date;
  readonly wrong_in_a_row: number;
  readonly wrong_in_all: number;
  readonly wrong_since: Date | null;
};

/** Row of `published_keys`. */
export type PublishedKeyRow = { readonly kid: string; readonly published_at: Date };

/** The tables of auth's database. */
export type AuthTables = {
  readonly published_keys: PublishedKeyRow;
  readonly used_assertions: UsedAssertionRow;
  readonly verifications: VerificationRow;
  readonly letters: LetterRow;
  readonly consents: ConsentRow;
  readonly erasures: ErasureRow;
  readonly people: PersonRow;
  readonly devices: DeviceRow;
  readonly sessions: SessionRow;
  readonly refresh_tokens: RefreshTokenRow;
  readonly revocations: RevocationRow;
  readonly failed_attempts: FailedAttemptsRow;
  readonly second_factors: SecondFactorRow;
  readonly recovery_codes: RecoveryCodeRow;
  readonly disabled_people: DisabledPersonRow;
  readonly invitations: InvitationRow;
  readonly password_resets: PasswordResetRow;
  readonly pins: PinRow;
};
