// Node's own name for "how `console` and the assertion messages show me"; known by symbol, so that nothing is imported.
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * A text that does not print: whatever turns it into text (a template, JSON, a log line, `console`) gets the masked
 * form. Only `reveal()` gives the text itself, so that a search for that word finds every place that handles it.
 */
export type GuardedText<Kind extends string> = {
  readonly kind: Kind;
  readonly masked: string;
  readonly reveal: () => string;
  readonly toString: () => string;
  readonly toJSON: () => string;
  readonly [INSPECT]: () => string;
};

/** Guards `text`, which is held in a closure: no walk over the object's fields can find it. */
export function guardText<Kind extends string>(
  kind: Kind,
  texts: { readonly text: string; readonly masked: string },
): GuardedText<Kind> {
  const { text, masked } = texts;
  return Object.freeze({
    kind,
    masked,
    reveal: () => text,
    toString: () => masked,
    toJSON: () => masked,
    [INSPECT]: () => masked,
  });
}
