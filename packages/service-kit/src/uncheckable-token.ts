/** What a token is checked by could not be had, keys or what was revoked: neither yes nor no can be said about it. */
export class UncheckableTokenError extends Error {
  override readonly name = "UncheckableTokenError";
}
