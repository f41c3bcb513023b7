/** How long a key is known: a day is what clients count on, three what the other keys are kept for (reliability OR-12). */
export const REQUEST_KEY_DAYS = 3;

/** What the Idempotency-Keys of requests for a charge were used with. The charge itself is found by order and attempt. */
export type RequestKeyStore = {
  /**
   * Binds a key to a body at its first use.
   * @param use.key the caller's key in the caller's own space, as a digest
   * @param use.fingerprint a digest of the body
   * @returns whether the key is bound to this body
   */
  readonly bind: (use: { readonly key: string; readonly fingerprint: string; readonly at: Date }) => Promise<boolean>;
};
