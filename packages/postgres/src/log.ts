/** What this package needs of a logger; a pino logger fits as it is. */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}
