import { isId } from "@comanda/primitives";
import { Ajv, type ErrorObject } from "ajv";
import type { DataValidationCxt } from "ajv/dist/types/index.js";
import addFormats from "ajv-formats";
import type { FastifyInstance, FastifySchema, FastifySchemaCompiler } from "fastify";
import { houseProblem } from "./house-problems.ts";
import { holdsPersonalNumber, maskPersonal } from "./personal-numbers.ts";
import type { HttpProblem, WordedFault } from "./problem.ts";
import { MASKED, PUBLIC } from "./text.ts";
import { wordsOf } from "./validation-words.ts";

/**
 * Bodies are taken as they are: nothing coerced, no unknown field let through or quietly dropped. Text in paths and
 * query strings is read as the schema's type (`?limit=20`).
 */
export function useStrictValidation(app: FastifyInstance): void {
  const settings = { allErrors: true, useDefaults: true, removeAdditional: false, strict: false } as const;
  const bodies = new Ajv({ ...settings, coerceTypes: false });
  const texts = new Ajv({ ...settings, coerceTypes: true });
  addFormats.default(bodies);
  addFormats.default(texts);
  // The library's own also takes `urn:uuid:…`, which PostgreSQL refuses.
  for (const ajv of [bodies, texts]) ajv.addFormat("uuid", isId);
  addTextKeywords(bodies);
  const compiler: FastifySchemaCompiler<FastifySchema> = ({ schema, httpPart }) => {
    const closed = httpPart === "headers" ? schema : closeObjects(schema);
    return (httpPart === "body" ? bodies : texts).compile(closed as object); // TypeBox schemas are plain JSON Schema objects
  };
  app.setValidatorCompiler(compiler);
  app.setSchemaErrorFormatter((errors, httpPart) => validationProblem(errors as ErrorObject[], httpPart)); // Fastify hands on Ajv's own errors
}

/**
 * What is wrong with texts beyond their form. Masking happens here, at the door: no handler, fingerprint, log or table
 * ever sees what was there.
 */
function addTextKeywords(bodies: Ajv): void {
  bodies.addKeyword({
    keyword: MASKED,
    type: "string",
    schemaType: "boolean",
    modifying: true,
    errors: false,
    compile: () => (text: string, place?: DataValidationCxt) => {
      if (place !== undefined) place.parentData[place.parentDataProperty] = maskPersonal(text);
      return true;
    },
  });
  bodies.addKeyword({
    keyword: PUBLIC,
    type: "string",
    schemaType: "boolean",
    compile: () => (text: string) => !holdsPersonalNumber(text),
  });
}

/** An object schema that says nothing of further properties allows none (the contract: unknown fields are refused). */
function closeObjects(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closeObjects);
  if (typeof schema !== "object" || schema === null) return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closeObjects(value)]));
  return closed["type"] === "object" && !("additionalProperties" in closed)
    ? { ...closed, additionalProperties: false }
    : closed;
}

/** Every fault of one part of a request as one problem; a path that cannot be an id is an unknown id. */
function validationProblem(errors: readonly ErrorObject[], httpPart: string): HttpProblem {
  if (httpPart === "params") return houseProblem("not-found");
  const faults = errors.slice(0, 50).map((error) => faultOf(error, httpPart));
  return houseProblem("validation-failed", { faults });
}

function faultOf(error: ErrorObject, httpPart: string): WordedFault {
  const base = httpPart === "body" ? error.instancePath : `/${httpPart}${error.instancePath}`;
  const extra: unknown = error.params["additionalProperty"] ?? error.params["missingProperty"];
  const path = typeof extra === "string" ? `${base}/${extra.slice(0, 100)}` : base;
  return { path: path === "" ? "/" : path, words: wordsOf(error) };
}
