import type { SecretValue, TwoValues } from "@comanda/primitives";
import { msLeft } from "./provider-fetch.ts";
import { type Try, WORTH_TRYING_MS } from "./provider-limits.ts";

/** What came of one try, and what the provider said to the token by it; `null` when nothing. */
export type TokenTry<Value> = Try<Value> & { readonly token: "taken" | "refused" | null };

/** A call as it is sent, with the token that it is sent with. */
type Sent<Value> = { readonly isWrite: boolean; readonly send: (token: string) => Promise<TokenTry<Value>> };

/**
 * The tries of one call, each with whichever of our two tokens the provider takes. Who is answered 401 has done nothing, so
 * that the same request, with its same key, may go out again at once with the other token.
 *
 * A write that got no answer is another matter: it may have been done, and whether the provider knows its key again under
 * another token is documented nowhere. Until its outcome is known this call stays with the token it began with
 * (docs/adr/0027-two-values-of-each-secret.md).
 */
export function withEitherToken<Value>(
  tokens: TwoValues<string>,
  { isWrite, send }: Sent<Value>,
): () => Promise<TokenTry<Value>> {
  let bound: SecretValue<string> | null = null;

  async function sendWith(token: SecretValue<string>): Promise<TokenTry<Value>> {
    const tried = await send(token.value);
    if (tried.token !== null) tokens.note(token.which, tried.token);
    if (isWrite && tried.result.outcome === "unknown") bound = token;
    return tried;
  }

  return async () => {
    if (bound !== null) return passed(await sendWith(bound), "asked with the token that is refused now");
    const [first, second] = tokens.inOrder();
    if (first === undefined) throw new RangeError("a call without a token");
    const tried = await sendWith(first);
    if (tried.token !== "refused" || second === undefined) return tried;
    if (msLeft() < WORTH_TRYING_MS) return passed(tried, "no time left to ask with the other token");
    return sendWith(second);
  };
}

/** Refused with one token while the other was not asked: no alarm, and the next call begins with that one. */
function passed<Value>(tried: TokenTry<Value>, reason: string): TokenTry<Value> {
  if (tried.token !== "refused") return tried;
  return { ...tried, result: { outcome: "unavailable", reason }, retryAfterSeconds: null, token: null };
}
