import { readFileSync } from "node:fs";
import type { Static, TObject, TSchema } from "typebox";
import { Value } from "typebox/value";

/** The environment cannot be used; `faults` lists everything that is wrong with it, at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the environment cannot be used: ${faults.join("; ")}`);
    this.faults = faults;
  }
}

/**
 * Reads a service's settings from the environment by one schema. `X_FILE` names a file that holds `X` (secrets of
 * Docker and Kubernetes). An empty variable counts as absent. Numbers are read from text; defaults come from the
 * schema. The result is frozen.
 * @throws ConfigError with every fault, never with a value: a value may be a secret.
 */
export function loadConfig<Schema extends TObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Static<Schema>> {
  const faults: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, property] of Object.entries<TSchema>(schema.properties)) {
    const text = readVariable(name, environment, faults);
    const value = text === undefined ? Value.Default(property, undefined) : fromText(property, text);
    if (value === undefined) {
      if (schema.required?.includes(name)) faults.push(`${name} is missing`);
      continue;
    }
    if (Value.Check(property, value)) settings[name] = value;
    else faults.push(`${name} is not usable${expectation(property)}`);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  // Each property was checked against its own schema just above; the compiler cannot follow the loop.
  return Object.freeze(settings) as Readonly<Static<Schema>>;
}

function readVariable(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
  faults: string[],
): string | undefined {
  const file = environment[`${name}_FILE`];
  const direct = environment[name];
  if (direct !== undefined && direct !== "") return direct;
  if (file === undefined || file === "") return undefined;
  try {
    return readFileSync(file, "utf8").trimEnd();
  } catch {
    faults.push(`${name}_FILE names a file that cannot be read`);
    return undefined;
  }
}

function fromText(property: TSchema, text: string): unknown {
  const type = "type" in property ? property.type : undefined;
  if (type === "integer" || type === "number") return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return text;
}

function expectation(property: TSchema): string {
  const bounds = property as { type?: string; minimum?: number; maximum?: number; description?: string }; // read-only view of JSON Schema words
  const range =
    bounds.minimum === undefined && bounds.maximum === undefined
      ? ""
      : `, from ${bounds.minimum ?? "any"} to ${bounds.maximum ?? "any"}`;
  return bounds.type === undefined ? "" : ` (expected: ${bounds.type}${range})`;
}
