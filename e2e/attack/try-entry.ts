import { readFile } from "node:fs/promises";
import type { Entry, Expected, Outcome, Trial } from "./corpus/entry.ts";
import type { House } from "./house-shape.ts";
import type { Operation } from "./operations.ts";
import { type Answer, prepare, type Sent, send } from "./send.ts";
import { isRequestTrial, type Request, requestsOf } from "./trial-requests.ts";
import { tryBytes } from "./try-bytes.ts";
import { tryTokens } from "./try-tokens.ts";

/** Tries one entry of the corpus wherever it fits; one that fits nowhere was never tried, which is a fault too. */
export async function tryEntry(house: House, entry: Entry, operations: readonly Operation[]): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const trial of entry.trials) {
    const outcome = await tryOne(house, trial, operations);
    const unused = `${entry.id} fits nowhere: ${JSON.stringify(trial).slice(0, 200)}`;
    outcomes.push(outcome.tries > 0 ? outcome : { tries: 0, faults: [unused] });
  }
  return {
    tries: outcomes.reduce((sum, { tries }) => sum + tries, 0),
    faults: outcomes.flatMap(({ faults }) => faults),
  };
}

async function tryOne(house: House, trial: Trial, operations: readonly Operation[]): Promise<Outcome> {
  if ("notOurs" in trial) return { tries: 1, faults: [] };
  if ("shownBy" in trial) return lookUp(trial.shownBy);
  if ("bytes" in trial) return tryBytes(house, trial);
  if ("tokens" in trial) return tryTokens(house, trial);
  if (!isRequestTrial(trial)) return { tries: 0, faults: [] };
  const requests = requestsOf(trial, operations);
  const faults: string[] = [];
  for (const request of requests) {
    const sent = await make(house, request);
    const answer = await send(sent);
    if (!isExpected(answer, request.expect)) faults.push(describe(sent, answer));
  }
  return { tries: requests.length, faults };
}

async function make(house: House, { operation, plan, address, headers, body }: Request): Promise<Sent> {
  const sent = await prepare(house, operation, { plan, turn: 1 });
  const url = address === undefined ? sent.url : address(sent.url, house);
  const merged = Object.entries({ ...sent.headers, ...headers }).filter(([, value]) => value !== "");
  return { ...sent, url, headers: Object.fromEntries(merged), ...(body === undefined ? {} : { body }) };
}

function isExpected({ status, json }: Answer, expect: Expected): boolean {
  if (expect !== "taken") return expect.includes(status);
  return status < 500 && status !== 400 && Object(json).code !== "validation-failed";
}

function describe({ method, url, body }: Sent, { status, text }: Answer): string {
  return `${method} ${url.slice(0, 200)} ${String(body).slice(0, 200)} → ${status} ${text.slice(0, 300)}`;
}

/** The tests that an entry names are there, word for word. */
async function lookUp(shownBy: readonly (readonly [file: string, text: string])[]): Promise<Outcome> {
  const faults: string[] = [];
  for (const [file, text] of shownBy) {
    const content = await readFile(new URL(`../../${file}`, import.meta.url), "utf8").catch(() => "");
    if (!content.includes(text)) faults.push(`${file} does not hold "${text}"`);
  }
  return { tries: shownBy.length, faults };
}
