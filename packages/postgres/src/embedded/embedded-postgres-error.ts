/** Why the embedded server could not be started. */
export type EmbeddedPostgresFault =
  | "binaries-missing"
  | "data-directory-in-use"
  | "data-directory-unusable"
  | "port-in-use"
  | "start-failed";

/** The embedded PostgreSQL cannot run; `fault` says why in one word, the message in one sentence. */
export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";
  readonly fault: EmbeddedPostgresFault;

  constructor(message: string, options: ErrorOptions & { readonly fault: EmbeddedPostgresFault }) {
    super(message, options);
    this.fault = options.fault;
  }
}
