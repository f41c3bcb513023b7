/** The value of a secret that is set now, or the one before it. */
export type WhichValue = "present" | "previous";

/** One of the values of a secret. */
export type SecretValue<Value> = { readonly which: WhichValue; readonly value: Value };

/** The values of a secret while it is changed, and which of them the other side took last. */
export type TwoValues<Value> = {
  /** What to try, one after the other, until one is taken. One value alone where there is no second. */
  readonly inOrder: () => readonly SecretValue<Value>[];
  /** Notes what the other side said to one of them. */
  readonly note: (which: WhichValue, said: "taken" | "refused") => void;
};

/** How long the value before goes first after the present one was refused. */
const PREVIOUS_FIRST_MS = 60_000;

/**
 * Keeps two values of a secret alive, so that it can be changed on the two sides at different moments. The present one goes
 * first; once it is refused the one before does, for a minute or until that one is refused, so that a value that is not
 * good yet, or not any more, does not double each call.
 * @param options `onChange` is told when another value is taken than the last time; `now` gives milliseconds that only grow
 */
export function makeTwoValues<Value>(options: {
  readonly present: Value;
  readonly previous?: Value | undefined;
  readonly onChange?: (which: WhichValue) => void;
  readonly now?: () => number;
}): TwoValues<Value> {
  const { previous, onChange, now = () => performance.now() } = options;
  const first = { which: "present", value: options.present } as const;
  const second = previous === undefined ? null : ({ which: "previous", value: previous } as const);
  let taken: WhichValue = "present";
  let presentRefusedAt: number | null = null;

  return {
    inOrder: () => {
      if (second === null) return [first];
      const isPreviousFirst = presentRefusedAt !== null && now() - presentRefusedAt < PREVIOUS_FIRST_MS;
      return isPreviousFirst ? [second, first] : [first, second];
    },
    note: (which, said) => {
      if (which === "present") presentRefusedAt = said === "refused" ? now() : null;
      else if (said === "refused") presentRefusedAt = null;
      if (said === "refused" || which === taken) return;
      taken = which;
      onChange?.(which);
    },
  };
}
