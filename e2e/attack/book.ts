import { CHECKS, type Check } from "./checks.ts";
import type { Operation } from "./operations.ts";
import type { Answer, Sent } from "./send.ts";

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
  /** Operations that never answered 2xx, which a fuzzer cannot have looked into. */
  readonly neverReached: readonly string[];
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
export function makeBook(seed: number): Book {
  const checked: Record<string, number> = Object.fromEntries(CHECKS.map((check) => [check, 0]));
  const statuses: Record<string, number> = {};
  const findings = new Map<string, Finding>();
  const reached = new Set<string>();
  let requests = 0;
  return {
    note: ({ operation, answer }) => {
      requests += 1;
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      if (answer.status < 400) reached.add(nameOf(operation));
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
      neverReached: operations.map(nameOf).filter((name) => !reached.has(name)),
      findings: [...findings.values()],
    }),
  };
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
