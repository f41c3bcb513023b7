import type { ErrorObject } from "ajv";
import type { Words } from "./problem.ts";
import { PUBLIC } from "./text.ts";

/**
 * What is wrong with a field, for the person who reads it. The validator's own words are English only and show patterns
 * that mean nothing to a guest.
 */
export function wordsOf(error: ErrorObject): Words {
  const words = WORDS[error.keyword];
  return words === undefined ? { pt: "não é válido", en: "is not valid" } : words(error.params);
}

type Params = Readonly<Record<string, unknown>>;

const atLeast = ({ limit }: Params): Words => ({ pt: `deve ser no mínimo ${limit}`, en: `must be at least ${limit}` });
const atMost = ({ limit }: Params): Words => ({ pt: `deve ser no máximo ${limit}`, en: `must be at most ${limit}` });

const WORDS: Readonly<Record<string, (params: Params) => Words>> = {
  required: () => ({ pt: "é obrigatório", en: "is required" }),
  additionalProperties: () => ({ pt: "não é um campo conhecido aqui", en: "is not a known field here" }),
  type: ({ type }) => typeWords([type].flat().map(String)),
  enum: ({ allowedValues }) => {
    const allowed = [allowedValues].flat().join(", ");
    return { pt: `deve ser um destes: ${allowed}`, en: `must be one of: ${allowed}` };
  },
  const: ({ allowedValue }) => ({ pt: `deve ser ${allowedValue}`, en: `must be ${allowedValue}` }),
  minimum: atLeast,
  maximum: atMost,
  minLength: ({ limit }) => ({
    pt: limit === 1 ? "não pode ficar vazio" : `deve ter no mínimo ${limit} caracteres`,
    en: limit === 1 ? "must not be empty" : `must have at least ${limit} characters`,
  }),
  maxLength: ({ limit }) => ({
    pt: `deve ter no máximo ${limit} caracteres`,
    en: `must have at most ${limit} characters`,
  }),
  minItems: ({ limit }) => ({
    pt: limit === 1 ? "não pode ficar vazia" : `deve ter no mínimo ${limit} itens`,
    en: limit === 1 ? "must not be empty" : `must have at least ${limit} items`,
  }),
  maxItems: ({ limit }) => ({ pt: `deve ter no máximo ${limit} itens`, en: `must have at most ${limit} items` }),
  uniqueItems: () => ({ pt: "não pode ter itens repetidos", en: "must not have repeated items" }),
  pattern: () => ({
    pt: "está em um formato ou tem caracteres que não são aceitos",
    en: "has a form or characters that are not accepted",
  }),
  [PUBLIC]: () => ({
    pt: "contém um CPF ou número de cartão, que todo mundo leria",
    en: "holds a CPF or card number, which everybody would read",
  }),
  format: ({ format }) => FORMATS[String(format)] ?? { pt: "está em um formato não aceito", en: "has a wrong form" },
};

const FORMATS: Readonly<Record<string, Words>> = {
  uuid: { pt: "não é um id", en: "is not an id" },
  "date-time": { pt: "não é uma data com hora e fuso (RFC 3339)", en: "is not a date with time and zone (RFC 3339)" },
};

const TYPES: Readonly<Record<string, Words>> = {
  string: { pt: "um texto", en: "text" },
  integer: { pt: "um número inteiro", en: "an integer" },
  number: { pt: "um número", en: "a number" },
  boolean: { pt: "true ou false", en: "true or false" },
  array: { pt: "uma lista", en: "a list" },
  object: { pt: "um objeto", en: "an object" },
  null: { pt: "null", en: "null" },
};

function typeWords(types: readonly string[]): Words {
  const join = (language: keyof Words, or: string) => types.map((type) => TYPES[type]?.[language] ?? type).join(or);
  return { pt: `deve ser ${join("pt", " ou ")}`, en: `must be ${join("en", " or ")}` };
}
