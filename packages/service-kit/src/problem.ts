import { harmlessParts } from "./redaction.ts";

/** A text in the two languages of the house; `{name}` stands for a parameter. */
export type Words = { readonly pt: string; readonly en: string };

/** One kind of refusal that a client can meet: its status, its title and the sentence that explains it. */
export type ProblemKind = {
  readonly status: number;
  readonly title: Words;
  readonly detail: Words;
  /** Where a standard has named the problem: its URI, which ends in the code. */
  readonly type?: string;
};

/** The closed list of refusals of one service, by stable code. */
export type ProblemCatalogue = Readonly<Record<string, ProblemKind>>;

/** One fault of a validated input: where (JSON pointer like `/items/0/quantity`) and what. */
export type InputFault = { readonly path: string; readonly message: string };

/** A fault that is put in words when the language of the client is known. */
export type WordedFault = { readonly path: string; readonly words: Words };

/**
 * A refusal on its way to the client. Thrown by `http/` only; the domain returns refusals as values and knows no
 * status. What it carries is public: the inner cause goes to the log, never to the wire (RFC 9457 §5).
 */
export class HttpProblem extends Error {
  readonly code: string;
  readonly kind: ProblemKind;
  readonly params: Readonly<Record<string, string | number>>;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly faults: readonly WordedFault[];

  constructor(code: string, kind: ProblemKind, options: ProblemOptions = {}) {
    super(code, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "HttpProblem";
    this.code = code;
    this.kind = kind;
    this.params = options.params ?? {};
    this.extensions = options.extensions ?? {};
    this.headers = options.headers ?? {};
    this.faults = options.faults ?? [];
  }
}

/** What a problem may carry beside its code. */
export type ProblemOptions = {
  /** Values for the `{name}` places of the detail. */
  readonly params?: Readonly<Record<string, string | number>>;
  /** Extra members of the problem document, such as `errors` or `allowed`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Become the `errors` of the document. */
  readonly faults?: readonly WordedFault[];
  readonly cause?: unknown;
};

/** Makes the one function through which a service throws its own problems: `throw problem("illegal-transition", …)`. */
export function problemsOf<Catalogue extends ProblemCatalogue>(catalogue: Catalogue) {
  return function problem(code: keyof Catalogue & string, options: ProblemOptions = {}): HttpProblem {
    const kind = catalogue[code];
    if (kind === undefined) throw new TypeError(`unknown problem code ${code}`);
    return new HttpProblem(code, kind, options);
  };
}

/** The problem document of RFC 9457 in the language asked for. */
export function renderProblem(
  problem: HttpProblem,
  context: { readonly language: keyof Words; readonly instance: string | null; readonly requestId: string },
): Record<string, unknown> {
  const fill = (words: Words) =>
    words[context.language].replace(/\{(\w+)\}/g, (place, name: string) => String(problem.params[name] ?? place));
  const inLanguage = ({ path, words }: WordedFault) => ({
    path: harmlessParts(path),
    message: words[context.language],
  });
  return {
    type: problem.kind.type ?? `urn:comanda:problem:${problem.code}`,
    title: fill(problem.kind.title),
    status: problem.kind.status,
    detail: fill(problem.kind.detail),
    ...(context.instance === null ? {} : { instance: context.instance }),
    code: problem.code,
    request_id: context.requestId,
    ...problem.extensions,
    ...(problem.faults.length === 0 ? {} : { errors: problem.faults.map(inLanguage) }),
  };
}

/** Reads `Accept-Language`: English when it is asked for before Portuguese, else Portuguese. */
export function languageOf(acceptLanguage: string | undefined): keyof Words {
  if (acceptLanguage === undefined) return "pt";
  const ranked = acceptLanguage
    .slice(0, 200)
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().split(";");
      const quality = parameters.map((text) => /^\s*q=([\d.]+)\s*$/.exec(text)?.[1]).find((text) => text !== undefined);
      return { tag: tag.toLowerCase(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => quality > 0 && /^(en|pt)\b/.test(tag))
    .sort((left, right) => right.quality - left.quality);
  return ranked[0]?.tag.startsWith("en") ? "en" : "pt";
}
