import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { readMatrix } from "./matrix.ts";

const PATH = join(import.meta.dirname, "../../../../docs/authorization/unaudited.json");
const Excuses = Type.Record(Type.String(), Type.Record(Type.String(), Type.String({ minLength: 20 })));

/**
 * What is wrong with the audit of a service: a route of its authorization matrix that changes something, is not audited
 * and is not excused in `docs/authorization/unaudited.json`; or an excuse of a route that is audited or is not there.
 */
export function auditGaps(service: string, audited: ReadonlySet<string>): readonly string[] {
  const routes = [...readMatrix(service).access.keys()].filter((route) => !/^(?:GET|ANY) /.test(route));
  const excuses = excusesOf(service);
  return [
    ...routes.filter((route) => !audited.has(route) && !excuses.has(route)).map((route) => `${route} is not audited`),
    ...[...excuses]
      .filter((route) => audited.has(route) || !routes.includes(route))
      .map((route) => `${route} is excused without need`),
  ];
}

function excusesOf(service: string): ReadonlySet<string> {
  const content: unknown = JSON.parse(readFileSync(PATH, "utf8"));
  const [fault] = Value.Errors(Excuses, content);
  if (fault !== undefined) throw new Error(`docs/authorization/unaudited.json${fault.instancePath}: ${fault.message}`);
  const excuses = content as Readonly<Record<string, Readonly<Record<string, string>>>>; // checked on the line above
  return new Set(Object.keys(excuses[service] ?? {}));
}
