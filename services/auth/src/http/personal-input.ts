import { houseProblem, type InputFault, languageOf, type Words } from "@comanda/service-kit";
import { type Cpf, type CpfFault, parseCpf } from "../domain/cpf.ts";
import { type Email, parseEmail } from "../domain/email.ts";
import { faultOfPassword, type PasswordFault, personalWords } from "../domain/password.ts";
import type { Profile } from "../domain/person.ts";
import { isLeakedPassword } from "../storage/leaked-passwords.ts";

type Fault = CpfFault | PasswordFault | "email-malformed";

const WORDS: Readonly<Record<Fault, Words>> = {
  "cpf-malformed": { pt: "escreva o CPF com 11 dígitos", en: "write the CPF with 11 digits" },
  "cpf-check-digits": { pt: "os dígitos verificadores não conferem", en: "the check digits do not fit" },
  "email-malformed": { pt: "não é um endereço de e-mail", en: "is not an e-mail address" },
  "password-length": { pt: "deve ter de 8 a 128 caracteres", en: "must have 8 to 128 characters" },
  "password-control-character": {
    pt: "não pode conter caracteres de controle",
    en: "must not contain control characters",
  },
  "password-personal": {
    pt: "não pode conter o seu nome, o seu e-mail ou o nome da loja",
    en: "must not contain your name, your e-mail or the name of the shop",
  },
  "password-common": { pt: "é fácil de adivinhar; escolha outra", en: "is easy to guess; choose another" },
};

/** Reads the personal fields of one body and collects everything that is wrong with them. */
export type PersonalInput = {
  readonly email: (text: string) => Email | null;
  readonly cpf: (text: string) => Cpf | null;
  readonly newPassword: (text: string, whose: Whose) => string | null;
  /** @throws HttpProblem `validation-failed` when any field read so far was wrong */
  readonly check: () => void;
};

/** Whom a password must not speak of, and the field that it stands in. */
type Whose = {
  readonly shopName: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly field?: string;
};

/** What is needed of a request to speak its language. */
type Asking = { readonly headers: { readonly "accept-language"?: string | undefined } };

export function readPersonalInput(request: Asking): PersonalInput {
  const language = languageOf(request.headers["accept-language"]);
  const faults: InputFault[] = [];
  const note = (path: string, fault: Fault) => {
    faults.push({ path, message: WORDS[fault][language] });
    return null;
  };
  return {
    email: (text) => {
      const email = parseEmail(text);
      return email.ok ? email.value : note("/email", email.refusal);
    },
    cpf: (text) => {
      const cpf = parseCpf(text);
      return cpf.ok ? cpf.value : note("/cpf", cpf.refusal);
    },
    newPassword: (text, { field = "password", ...whose }) => {
      const fault = faultOfPassword(text, { isLeaked: isLeakedPassword, words: personalWords(whose) });
      return fault === null ? text : note(`/${field}`, fault);
    },
    check: () => {
      if (faults.length > 0) throw houseProblem("validation-failed", { extensions: { errors: faults } });
    },
  };
}

/**
 * Reads what somebody who gives a name gives of themselves.
 * @throws HttpProblem `validation-failed` with every fault
 */
export function readProfile(
  request: Asking,
  body: {
    readonly name: string;
    readonly email: string;
    readonly cpf?: string | undefined;
    readonly password?: string | undefined;
  },
  shopName: string,
): { readonly profile: Profile; readonly password: string | null } {
  const input = readPersonalInput(request);
  const email = input.email(body.email);
  const cpf = body.cpf === undefined ? null : input.cpf(body.cpf);
  const password = body.password === undefined ? null : input.newPassword(body.password, { ...body, shopName });
  input.check();
  if (email === null) throw new TypeError("a missing e-mail has been refused just above");
  return { profile: { name: body.name.trim().normalize("NFC"), email, cpf }, password };
}
