import { readFile } from "node:fs/promises";
import { isId } from "@comanda/primitives";
import { readMatrix } from "@comanda/testing/authorization-matrix";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

/** The services that are attacked, the gateway last. */
export const SERVICES = ["auth", "order", "payment", "gateway"] as const;
type ServiceName = (typeof SERVICES)[number];

/** JSON Schema as the documents have it. */
export type Schema = {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
};

/** A header, a member of the query string or a part of the path. */
export type Parameter = {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: Schema;
};

/** One operation of an OpenAPI document, ready to be asked and judged. */
export type Operation = {
  readonly service: ServiceName;
  readonly method: string;
  /** As in the document: `/orders/{id}`. */
  readonly path: string;
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly type: string; readonly schema: Schema; readonly isOptional: boolean } | null;
  /** `tokenless`, `public`, or the grants, separated by blanks. */
  readonly access: string;
  /** Documented statuses; of each the content types and what a body must be. */
  readonly answers: ReadonlyMap<number, ReadonlyMap<string, ValidateFunction>>;
  readonly isBodyValid: (body: unknown) => boolean;
  readonly isQueryValid: (query: Readonly<Record<string, string>>) => boolean;
};

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
type DocumentedOperation = {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};
type OpenApi = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas?: Readonly<Record<string, Schema>> };
};

/** Every documented operation of every service; paths that the gateway only forwards are left to their owners. */
export async function readOperations(): Promise<readonly Operation[]> {
  const lists = await Promise.all(SERVICES.map(readService));
  return lists.flat();
}

async function readService(service: ServiceName): Promise<readonly Operation[]> {
  const url = new URL(`../../services/${service}/openapi.json`, import.meta.url);
  const document = JSON.parse(await readFile(url, "utf8")) as OpenApi; // made by our own script, and checked by it
  const { access } = readMatrix(service);
  const compile = compilerFor(document);
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([lower, documented]) => {
      const method = lower.toUpperCase();
      const pattern = path.replaceAll(/\{(\w+)\}/g, ":$1");
      const granted = access.get(`${method} ${pattern}`);
      // A forwarded path is its owner's; of anything else a missing row would mean that nobody ever attacks it.
      if (granted === undefined && access.has(`ANY ${pattern.replace("{*}", "*")}`)) return [];
      if (granted === undefined) throw new Error(`${service} ${method} ${path} has no row in docs/authorization`);
      const about = { service, method, path, name: `${method} ${path}`, access: granted };
      return [{ ...about, ...readOperation(documented, compile) }];
    }),
  );
}

type Compile = {
  readonly inbound: (schema: Schema) => ValidateFunction;
  readonly text: Compile["inbound"];
  readonly outbound: Compile["inbound"];
};

function compilerFor({ components }: OpenApi): Compile {
  const make = (coerceTypes: boolean) => {
    const ajv = new Ajv({ strict: false, coerceTypes, allErrors: false });
    addFormats.default(ajv);
    ajv.addFormat("uuid", isId);
    return ajv;
  };
  const [strict, texts] = [make(false), make(true)];
  return {
    inbound: (schema) => strict.compile(closed(schema)),
    text: (schema) => texts.compile(closed(schema)),
    outbound: (schema) => strict.compile(JSON.parse(JSON.stringify({ ...schema, components }))),
  };
}

function readOperation(documented: DocumentedOperation, compile: Compile) {
  const { parameters = [], requestBody, responses } = documented;
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const schema = content?.schema ?? {};
  const query = parameters.filter((parameter) => parameter.in === "query");
  const isQueryValid = compile.text({
    type: "object",
    properties: Object.fromEntries(query.map((parameter) => [parameter.name, parameter.schema])),
    required: query.filter(({ required }) => required).map(({ name }) => name),
  });
  const isBodyValid = compile.inbound(schema);
  return {
    parameters,
    body:
      type === undefined
        ? null
        : { type, schema, isOptional: (schema.anyOf ?? []).some((each) => each.type === "null") },
    isBodyValid: (body: unknown) => isBodyValid(body) === true,
    // A route that says nothing of a query takes no notice of one.
    isQueryValid: (given: Readonly<Record<string, string>>) =>
      query.length === 0 || isQueryValid({ ...given }) === true,
    answers: new Map(
      Object.entries(responses).map(([status, { content: types = {} }]) => [
        Number(status),
        new Map(Object.entries(types).map(([name, { schema: answer = {} }]) => [name, compile.outbound(answer)])),
      ]),
    ),
  };
}

/** What the services do with unknown fields, which the documents leave unsaid: they are refused. */
function closed(schema: Schema): Schema {
  return close(schema) as Schema; // the same schema, with more said
}

function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]));
  return inner["type"] === "object" && !("additionalProperties" in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}
