import { firstNameOf, type Person } from "../domain/person.ts";
import type { AccessToken } from "../use-cases/issue-access-token.ts";

/** A person on the wire; the CPF masked, for whoever asks (reliability OP-67). */
export function viewOfPerson(person: Person) {
  const { profile } = person;
  return {
    id: person.id,
    role: person.role,
    ...(person.level === null ? {} : { level: person.level }),
    name: profile?.name ?? null,
    email: profile?.email.reveal() ?? null,
    cpf: profile?.cpf?.masked ?? null,
    created_at: person.createdAt.toISOString(),
  };
}

/** A person as somebody may see them who only typed their CPF: the first name and nothing else (AU-18). */
export function viewOfIdentified(person: Person) {
  const name = person.profile === null ? null : firstNameOf(person.profile.name);
  return { ...viewOfPerson(person), name, email: null, cpf: null };
}

/** The members of an answer that carry an access token. */
export function viewOfAccessToken(accessToken: AccessToken) {
  return {
    access_token: accessToken.token,
    token_type: "bearer" as const,
    expires_in: accessToken.expiresInSeconds,
  };
}

/** The members of an answer that carry a pair of tokens; the access token of a repeated answer has less time left. */
export function viewOfPair(pair: { readonly token: string; readonly refreshToken: string; readonly seconds: number }) {
  return {
    access_token: pair.token,
    token_type: "bearer" as const,
    expires_in: pair.seconds,
    refresh_token: pair.refreshToken,
  };
}
