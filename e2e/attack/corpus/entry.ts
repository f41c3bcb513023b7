/** What an answer may be: one of these statuses, or, for what must be let through, anything but "your data are wrong". */
export type Expected = readonly number[] | "taken";

/** Where a value fits (reliability §4: "every field or route where it fits"). */
export type Fit =
  | {
      readonly field:
        | "cpf"
        | "email"
        | "line"
        | "password"
        | "username"
        | "comment"
        | "quantity"
        | "cents"
        | "integer"
        | "status"
        | "image_url";
    }
  /** Any text, any scalar at all, of any body. */
  | { readonly field: "string" | "scalar" }
  /** A part of the query string. */
  | { readonly query: "q" | "limit" | "cursor" | "enum" | "id" }
  /** An id in a path. */
  | { readonly path: "id" }
  | { readonly header: "idempotency-key" | "if-match" };

/** One way of showing what an entry is about. */
export type Trial =
  /** Values in the place of a right one. `only` names the operations, where not all that fit. */
  | {
      readonly fits: Fit;
      readonly values: readonly unknown[];
      readonly expect: Expected;
      readonly only?: readonly string[];
    }
  /** The same, written as JSON text that `JSON.stringify` would write otherwise. */
  | {
      readonly fits: Fit;
      readonly texts: readonly string[];
      readonly expect: Expected;
      readonly only?: readonly string[];
    }
  /** Whole bodies, at every operation that takes JSON; `GOOD` stands for a right one. */
  | {
      readonly bodies: readonly (string | Buffer)[];
      readonly expect: Expected;
      readonly headers?: Readonly<Record<string, string>>;
      /** Only where a body must be there. */
      readonly isBodyNeeded?: true;
    }
  /** A right body with fields beside it. */
  | { readonly extra: Readonly<Record<string, unknown>>; readonly expect: Expected }
  /** Addresses, read by somebody who may everything. */
  | { readonly paths: readonly string[]; readonly expect: Expected }
  /** Query strings, at every list. */
  | { readonly queries: readonly string[]; readonly expect: Expected }
  /** Kinds of bad tokens, at every service. */
  | { readonly tokens: readonly string[]; readonly expect: Expected }
  /** Bytes on a bare connection, to every service; `HOST` stands for its name, `GET` for a guarded path. */
  | { readonly bytes: readonly string[]; readonly expect: Expected }
  /** Tests that show it elsewhere, by a part of their text. */
  | { readonly shownBy: readonly (readonly [file: string, text: string])[] }
  /** Not ours, and why. */
  | { readonly notOurs: string };

/** An entry of the corpus (reliability §4). */
export type Entry = {
  readonly id: string;
  readonly about: string;
  /** Where the contract or the product say something else than reliability §4. */
  readonly note?: string;
  readonly trials: readonly Trial[];
};

/** What an entry did: how often it was tried, and where the answer was another one. */
export type Outcome = { readonly tries: number; readonly faults: readonly string[] };
