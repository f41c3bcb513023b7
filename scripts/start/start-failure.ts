/** Why the system cannot start, in one sentence for each language; Portuguese comes first. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";

  constructor(words: { readonly pt: string; readonly en: string }, options?: ErrorOptions) {
    super(`${words.pt}\n${words.en}`, options);
  }
}

/** The message of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Node's word for a system error (`EACCES`), or undefined. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}
