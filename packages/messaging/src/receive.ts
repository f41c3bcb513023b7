/** The receiver's word on one event of a batch, as it goes on the wire. */
export type ReceiveResult = {
  readonly id: string;
  readonly outcome: "done" | "retry" | "park";
  readonly reason?: string;
};

/**
 * Takes a batch of events apart and handles each by itself: a bad one fails alone. Events of one subject are handled in
 * their order, different subjects side by side. `parse` refuses what has no shape (parked at once: sending it again
 * would not mend it); `handle` throws when it could not take effect (sent again). A duplicate is `handle`'s business
 * and counts as done.
 */
export async function receiveBatch<Event>(options: {
  readonly batch: readonly unknown[];
  readonly parse: (
    input: unknown,
  ) => { readonly ok: true; readonly value: Event } | { readonly ok: false; readonly refusal: string };
  readonly subjectOf: (event: Event) => string;
  readonly handle: (event: Event) => Promise<void>;
  readonly onError: (error: unknown) => void;
}): Promise<readonly ReceiveResult[]> {
  const lanes = new Map<string, Promise<unknown>>();
  return Promise.all(
    options.batch.map((input) => {
      const id = idOf(input);
      const parsed = options.parse(input);
      if (!parsed.ok) return { id, outcome: "park" as const, reason: parsed.refusal };
      const subject = options.subjectOf(parsed.value);
      const before = lanes.get(subject) ?? Promise.resolve();
      const handled = before.then(() => handleOne(id, parsed.value, options));
      lanes.set(subject, handled);
      return handled;
    }),
  );
}

async function handleOne<Event>(
  id: string,
  event: Event,
  options: { readonly handle: (event: Event) => Promise<void>; readonly onError: (error: unknown) => void },
): Promise<ReceiveResult> {
  try {
    await options.handle(event);
    return { id, outcome: "done" };
  } catch (error) {
    options.onError(error);
    return { id, outcome: "retry", reason: "the receiver could not take it in now" };
  }
}

function idOf(input: unknown): string {
  return typeof input === "object" && input !== null && "id" in input && typeof input.id === "string" ? input.id : "";
}
