import type { Consent } from "../domain/consent.ts";

/** Row of `letters`. */
export type LetterRow = {
  readonly verification_id: string;
  readonly content_sealed: Buffer;
  readonly attempts: number;
  readonly next_at: Date;
  readonly refused_at: Date | null;
};

/** Row of `verifications`. */
export type VerificationRow = {
  readonly id: string;
  readonly person_id: string;
  readonly session_id: string;
  readonly code_digest: Buffer;
  readonly tries: number;
  readonly expires_at: Date;
  readonly used_at: Date | null;
};

/** Row of `consents`. */
export type ConsentRow = {
  readonly id: string;
  readonly person_id: string;
  readonly purpose: Consent["purpose"];
  readonly version: string;
  readonly is_given: boolean;
  readonly how: Consent["how"];
  readonly at: Date;
};

/** Row of `erasures`. */
export type ErasureRow = {
  readonly id: string;
  readonly person_id: string | null;
  readonly asked_by: "self" | "admin";
  readonly erased_at: Date;
  readonly order_erased_at: Date | null;
  readonly payment_erased_at: Date | null;
};
