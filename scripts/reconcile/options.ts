import { parseArgs } from "node:util";
import { boundsOfBusinessDay, businessDayOf } from "@comanda/primitives";
import { StartFailure } from "../start/start-failure.ts";

/** What the person asked for. */
export type Options = {
  /** Business day, 05:00 to 05:00 in São Paulo; the one that ended last when none is named. */
  readonly date: string;
  /** Files to write, `null` for none. */
  readonly json: string | null;
  readonly csv: string | null;
  /** The code of the second factor, where signing in asks for one. */
  readonly mfa: string | null;
};

const USAGE = "npm run reconcile -- --date AAAA-MM-DD [--json ARQUIVO] [--csv ARQUIVO] [--mfa CODIGO]";
const DAY_MS = 24 * 3_600_000;

/** @throws StartFailure with the usage for what cannot be understood */
export function parseOptions(args: readonly string[], now: Date): Options {
  const { date = businessDayOf(new Date(now.getTime() - DAY_MS)), json, csv, mfa } = valuesOf(args);
  const bounds = boundsOfBusinessDay(date);
  if (bounds === null || bounds.from > now) {
    throw new StartFailure({
      pt: `--date ${date} não é um dia que já começou; escreva como 2026-01-15.\nUso: ${USAGE}`,
      en: `--date ${date} is no day that has begun.`,
    });
  }
  return { date, json: json ?? null, csv: csv ?? null, mfa: mfa ?? null };
}

function valuesOf(args: readonly string[]): Partial<Record<keyof Options, string>> {
  const text = { type: "string" } as const;
  try {
    return parseArgs({ args: [...args], options: { date: text, json: text, csv: text, mfa: text } }).values;
  } catch (cause) {
    throw new StartFailure({ pt: `Uso: ${USAGE}`, en: cause instanceof Error ? cause.message : "" }, { cause });
  }
}
