import { CHECKS, type Check, isSuccess } from "./checks.ts";
import { doorOf, doors } from "./doors.ts";
import type { Operation } from "./operations.ts";
import type { Answer, Sent } from "./send.ts";
import { UNREACHABLE } from "./unreachable.ts";

/** Something that should not be, once for each operation and check, with the first request that showed it. */
type Finding = {
  readonly check: Check;
  readonly operation: string;
  readonly fault: string;
  readonly request: string;
  readonly replay: string;
  readonly times: number;
};

/** What a run did and found. */
export type FuzzReport = {
  readonly requests: number;
  readonly seconds: number;
  readonly checked: Readonly<Record<Check, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  /** Operations and forwarded paths that never answered 2xx, which a fuzzer cannot have looked into, and are not excused. */
  readonly neverReached: readonly string[];
  /** Excuses for what was reached all the same, or for what is not there. */
  readonly needlessExcuses: readonly string[];
  readonly findings: readonly Finding[];
};

type Event = {
  readonly operation: Operation;
  readonly turn: number;
  readonly sent: Pick<Sent, "method" | "url" | "headers" | "body">;
  readonly answer: Answer;
};
export type Book = {
  readonly note: (event: Event) => void;
  readonly judge: (event: Event & { readonly check: Check; readonly fault: string | null }) => void;
  readonly report: (seconds: number, operations: readonly Operation[]) => FuzzReport;
};

/** Counts what was checked and keeps what was found, once for each operation and fault. */
export function makeBook(
  seed: number,
  { gateway, excuses = UNREACHABLE }: { readonly gateway: string; readonly excuses?: Readonly<Record<string, string>> },
): Book {
  const checked: Record<string, number> = Object.fromEntries(CHECKS.map((check) => [check, 0]));
  const statuses: Record<string, number> = {};
  const findings = new Map<string, Finding>();
  const reached = new Set<string>();
  const open = (name: string) => !reached.has(name);
  let requests = 0;
  return {
    note: ({ operation, answer, sent }) => {
      requests += 1;
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      if (!isSuccess(answer)) return;
      reached.add(nameOf(operation));
      const { origin, pathname } = new URL(sent.url);
      if (origin === gateway) reached.add(`gateway ${doorOf(pathname)}`);
    },
    judge: ({ check, fault, operation, turn, sent, answer }) => {
      checked[check] = (checked[check] ?? 0) + 1;
      if (fault === null) return;
      const key = `${check} ${nameOf(operation)} ${fault.slice(0, 60)}`;
      const known = findings.get(key);
      if (known !== undefined) return void findings.set(key, { ...known, times: known.times + 1 });
      findings.set(key, {
        check,
        operation: nameOf(operation),
        fault,
        request: describeRequest(sent, answer),
        replay: `npm run fuzz -- --seed ${seed} --only ${turn}`,
        times: 1,
      });
    },
    report: (seconds, operations) => ({
      requests,
      seconds: Math.round(seconds),
      checked: checked as Record<Check, number>, // filled from the list of checks
      statuses,
      neverReached: wanted(operations).filter((name) => open(name) && !(name in excuses)),
      needlessExcuses: Object.keys(excuses).filter((name) => !open(name) || !wanted(operations).includes(name)),
      findings: [...findings.values()],
    }),
  };
}

function wanted(operations: readonly Operation[]): readonly string[] {
  return [...operations.map(nameOf), ...doors().map((door) => `gateway ${door}`)];
}

function nameOf({ service, name }: Operation): string {
  return `${service} ${name}`;
}

/** The request as somebody would type it again; tokens are of no use to anybody and stay out. */
function describeRequest({ method, url, headers, body }: Event["sent"], { status, text }: Answer): string {
  const shown = Object.entries(headers)
    .filter(([name]) => name !== "authorization")
    .map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${url}`, ...shown, String(body ?? "").slice(0, 600), `→ ${status} ${text.slice(0, 400)}`].join(
    "\n    ",
  );
}
