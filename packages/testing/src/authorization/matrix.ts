import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { CALLER_NAMES, type CallerName, callersOf, grantsOf } from "./callers.ts";

const Texts = Type.Record(Type.String(), Type.String());
const closed = { additionalProperties: false } as const;

/** One way of asking a route, and what each caller is answered (docs/authorization/README.md). */
const CellSchema = Type.Object(
  {
    about: Type.Optional(Type.String()),
    params: Type.Optional(Texts),
    query: Type.Optional(Type.String()),
    path: Type.Optional(Type.String()),
    headers: Type.Optional(Texts),
    body: Type.Optional(Type.Unknown()),
    form: Type.Optional(Type.String()),
    base64: Type.Optional(Type.String()),
    as: Type.Optional(Type.String()),
    type: Type.Optional(Type.String()),
    token: Type.Optional(Type.Enum(["read", "ignored"])),
    challenge: Type.Optional(Type.String()),
    answers: Type.Record(Type.String(), Type.Integer({ minimum: 200, maximum: 599 })),
  },
  closed,
);
/** Kinds of cells that a route must have. */
const GAPS = ["success", "something there", "nothing there", "own", "another's"] as const;
type Gap = (typeof GAPS)[number];

const RouteSchema = Type.Object(
  {
    access: Type.Union([Type.Enum(["public", "tokenless"]), Type.Array(Type.String(), { minItems: 1 })]),
    enrolment: Type.Optional(Type.Literal(true)),
    without: Type.Optional(Type.Partial(Type.Record(Type.Enum(GAPS), Type.String({ minLength: 10 })))),
    cells: Type.Array(CellSchema, { minItems: 1 }),
  },
  closed,
);
const MatrixSchema = Type.Record(Type.String(), RouteSchema);

/** A row of the matrix, all its words spelt out. */
export type Row = {
  /** Method and pattern as the route was registered; `ANY` for a forwarded path. */
  readonly route: string;
  readonly name: string;
  readonly cell: Static<typeof CellSchema>;
  readonly expect: Readonly<Record<CallerName, number>>;
  /** Whether the route looks at the `Authorization` header at all, asked this way. */
  readonly readsToken: boolean;
  /** Whether staff may call it who have yet to set up the second factor that is demanded of them. */
  readonly allowsEnrolment: boolean;
};

/** What the matrix says of one service. */
export type Matrix = {
  readonly access: ReadonlyMap<string, string>;
  /** The routes that guests or totems may ask about what is theirs. */
  readonly owned: ReadonlySet<string>;
  readonly rows: readonly Row[];
};

const FOLDER = join(import.meta.dirname, "../../../../docs/authorization");

/**
 * The authorization matrix of a service: its own file of `docs/authorization`, and what every service has.
 * @throws Error when a file breaks the form, or when a cell leaves somebody's answer open
 */
export function readMatrix(service: string): Matrix {
  return spellOut({ ...read("every-service.json"), ...read(`${service}.json`) });
}

/** Says of every caller what the words and groups of some routes mean. @throws Error as `readMatrix` */
export function spellOut(routes: Static<typeof MatrixSchema>): Matrix {
  for (const [route, about] of Object.entries(routes)) insistOnCells(route, about);
  return {
    access: new Map(Object.entries(routes).map(([route, { access }]) => [route, declared(access)])),
    owned: new Set(Object.keys(routes).filter((route) => mayBeOwners(routes[route]?.access ?? []))),
    rows: Object.entries(routes).flatMap(([route, { access, enrolment, cells }]) =>
      cells.map((cell) => ({
        route,
        name: cell.about === undefined ? route : `${route}, ${cell.about}`,
        cell,
        expect: answersOf(route, { access, cell }),
        readsToken: cell.token === undefined ? access !== "tokenless" : cell.token === "read",
        allowsEnrolment: enrolment === true || cell.token !== undefined,
      })),
    ),
  };
}

function read(name: string): Static<typeof MatrixSchema> {
  const content: unknown = JSON.parse(readFileSync(join(FOLDER, name), "utf8"));
  const [fault] = Value.Errors(MatrixSchema, content);
  if (fault !== undefined) throw new Error(`docs/authorization/${name}${fault.instancePath}: ${fault.message}`);
  return content as Static<typeof MatrixSchema>; // checked on the line above
}

/** An access in one way of writing, to compare what is declared with what is wanted. */
export function declared(access: string | readonly string[]): string {
  return typeof access === "string" ? access : grantsOf(access).join(" ");
}

/**
 * Each route is asked so that it succeeds; one about a thing, also for something that is there and for nothing; one
 * that guests or totems may ask about a thing of theirs, also for their own and another's. What has no such cell says why.
 * @throws Error for a gap, and for an excuse where there is none
 */
function insistOnCells(route: string, { access, cells, without = {} }: Static<typeof RouteSchema>): void {
  const words = cells.map(({ params = {}, path = "", query = "", as = "" }) =>
    [...Object.values(params), path, query, as].join(" "),
  );
  const isAbout = /:\w+/.test(route);
  const isOwned = words.some((text) => /\{(own_|other_|self\})/.test(text)) || mayBeOwners(access);
  const needed: Readonly<Record<Gap, boolean>> = {
    success: cells.every(({ answers }) => Object.values(answers).every((status) => status >= 400)),
    "something there": isAbout && !words.some((text) => text.includes("{")),
    "nothing there": isAbout && words.every((text) => text.includes("{")),
    own: isAbout && isOwned && mayBeOwners(access) && !words.some((text) => /\{(own_|self\}|newcomer\})/.test(text)),
    "another's": isAbout && isOwned && mayBeOwners(access) && !words.some((text) => text.includes("{other_")),
  };
  for (const gap of GAPS) {
    if (needed[gap] && without[gap] === undefined) throw new Error(`${route} has no cell for ${gap}`);
    if (!needed[gap] && without[gap] !== undefined) throw new Error(`${route} excuses itself for ${gap} without need`);
  }
}

/** Whether some of these see only what is theirs: guests, and totems for what was ordered at them. */
function mayBeOwners(access: string | readonly string[]): boolean {
  return typeof access !== "string" && access.some((word) => ["customers", "device:kiosk", "everybody"].includes(word));
}

/** Who is not granted gets 403, nobody 401; of whoever is granted, the cell must say what they get. */
function answersOf(
  route: string,
  {
    access,
    cell: { answers },
  }: { access: string | readonly string[]; cell: { answers: Readonly<Record<string, number>> } },
): Record<CallerName, number> {
  const granted = typeof access === "string" ? CALLER_NAMES : access.flatMap(callersOf);
  const entries = CALLER_NAMES.map((caller) => {
    const word = Object.keys(answers)
      .filter((each) => (each === "granted" ? granted.includes(caller) : callersOf(each).includes(caller)))
      .sort((one, other) => widthOf(other) - widthOf(one))
      .at(-1);
    const refusal = granted.includes(caller) ? undefined : caller === "nobody" ? 401 : 403;
    const status = (word === undefined ? undefined : answers[word]) ?? refusal;
    if (status === undefined) throw new Error(`${route} does not say what ${caller} is answered`);
    return [caller, status] as const;
  });
  return Object.fromEntries(entries) as Record<CallerName, number>; // one entry for each caller
}

/** How many a word means: of two words for one caller the narrower one counts. */
function widthOf(word: string): number {
  return word === "granted" ? CALLER_NAMES.length + 1 : callersOf(word).length;
}
