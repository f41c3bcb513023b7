import type { Fit } from "./corpus/entry.ts";
import type { Operation, Schema } from "./operations.ts";

/** A value inside a body: where it stands, what it is called, and what the document says of it. */
export type Field = { readonly place: readonly string[]; readonly name: string; readonly schema: Schema };

/** The fields of a body, those of the first element of each list included. */
export function fieldsOf(schema: Schema, place: readonly string[] = [], name = ""): readonly Field[] {
  const choice = schema.anyOf?.find(({ type }) => type !== "null") ?? schema;
  if (choice.properties !== undefined) {
    return Object.entries(choice.properties).flatMap(([key, each]) => fieldsOf(each, [...place, key], key));
  }
  if (choice.type === "array") return fieldsOf(choice.items ?? {}, [...place, "0"], name);
  return [{ place, name, schema: choice }];
}

type FieldName = Extract<Fit, { readonly field: string }>["field"];

/** Whether a corpus value of this kind fits here. */
export function isFit({ name, schema }: Field, kind: FieldName): boolean {
  const isText = schema.type === "string" && schema.enum === undefined;
  const isWhole = schema.type === "integer";
  switch (kind) {
    case "cpf":
    case "email":
    case "password":
    case "username":
    case "comment":
    case "quantity":
    case "image_url":
    case "status":
      return name === kind;
    case "cents":
      return name.endsWith("_cents") && isWhole;
    case "integer":
      return isWhole;
    case "line":
      return isText && schema.pattern?.includes("\\u202a") === true;
    case "string":
      return isText;
    case "scalar":
      return name !== "" && (isText || isWhole || schema.enum !== undefined || schema.type === "boolean");
  }
}

/** What a body should have where only the document's words can be had: a right body with one value put into it. */
export function putInto(body: unknown, place: readonly string[], value: unknown): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return value;
  if (key === "0" && (body === undefined || body === null || Array.isArray(body))) {
    const [first, ...others] = Array.isArray(body) ? body : [];
    return [putInto(first, rest, value), ...others];
  }
  return { ...Object(body), [key]: putInto(Object(body)[key], rest, value) };
}

/** Operations whose body is JSON that is read field by field. */
export function takesJson({ body }: Operation): boolean {
  return body?.type === "application/json";
}
