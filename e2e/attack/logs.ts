import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { House } from "./house-shape.ts";
import { SERVICES } from "./operations.ts";

/** What a line of a log would be that nobody of us has written. */
const FORGED = '{"level":"fatal","time":"2026-01-15T12:00:00.000Z","service":"forged","msg":"all is lost"}';

/** Says it wherever a text of a client may come into a log: addresses, queries, forms, fields, headers. */
export async function tryToForgeLines(house: House): Promise<void> {
  const breaks = ["\n", "\r\n", "\r", "\u2028", "\u0085", "\u001b[2K\u001b[1G", "\\n"];
  for (const text of breaks.map((end) => `x${end}${FORGED}${end}`)) {
    const encoded = encodeURIComponent(text);
    const json = { headers: { "content-type": "application/json" }, method: "POST" };
    const form = { method: "POST", body: new URLSearchParams({ username: text, password: text, client_id: text }) };
    await Promise.all([
      ...SERVICES.flatMap((service) => [
        fetch(`${house.urlOf(service)}/${encoded}`),
        fetch(`${house.urlOf(service)}/products?q=${encoded}&${encoded}=1`, { method: "DELETE" }),
        fetch(`${house.urlOf(service)}/orders`, { ...json, body: text }),
        fetch(`${house.urlOf(service)}/orders`, { method: "POST", headers: headersWith(text) }),
      ]),
      fetch(`${house.urlOf("auth")}/token`, form),
      fetch(`${house.urlOf("auth")}/customers/register`, {
        ...json,
        body: JSON.stringify({ name: text, email: text, consent: true, [text]: text }),
      }),
      fetch(`${house.urlOf("payment")}/payments/webhook?type=${encoded}&data.id=${encoded}`, { ...json, body: text }),
    ]);
  }
}

/** Headers take bytes and no line breaks; everything else they take. */
function headersWith(text: string): Record<string, string> {
  const bytes = [...text]
    .map((letter) => (letter < " " || (letter > "~" && letter < "\u00a0") || letter > "\u00ff" ? " " : letter))
    .join("");
  return { "user-agent": bytes, "x-request-id": bytes, "idempotency-key": bytes, traceparent: bytes };
}

/** The lines of a process's log, the file before the present one included. */
export async function linesOf({ system }: House, name: string): Promise<readonly string[]> {
  const folder = join(system.dataDir, "logs");
  const files = (await readdir(folder)).filter((file) => file === `${name}.log.1` || file === `${name}.log`);
  const texts = await Promise.all(
    files
      .toSorted()
      .toReversed()
      .map((file) => readFile(join(folder, file), "utf8")),
  );
  return texts.join("").split("\n").slice(0, -1);
}

/** What is wrong with a line of a service's log, or nothing. */
export function faultOfLine(line: string, service: string): string | null {
  // As many programs do that read logs line by line: each of these would begin another one.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(line)) return "holds a control character or line break";
  const entry = parsed(line);
  if (entry === null) return "is no JSON";
  const { service: from, level, time, msg, trace_id: trace, request_id: id, route, status } = Object(entry);
  if (from !== service) return `says that it is of ${from}`;
  if (!/^(?:trace|debug|info|warn|error)$/.test(level)) return `has the level ${level}`;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time)) return `has the time ${time}`;
  const isWhole = /^[0-9a-f]{32}$/.test(trace) && ![id, route, status].includes(undefined);
  return msg !== "request" || isWhole ? null : "is of a request and does not say which";
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // That is what is looked for.
    return null;
  }
}
