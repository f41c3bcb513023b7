/**
 * The SQLSTATE codes this code base reacts to, by name.
 *
 * Source: PostgreSQL 18, appendix A, https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export const sqlState = {
  connectionException: "08000",
  connectionRefused: "08001",
  connectionDoesNotExist: "08003",
  connectionRejected: "08004",
  connectionFailure: "08006",
  foreignKeyViolation: "23503",
  uniqueViolation: "23505",
  checkViolation: "23514",
  idleInTransactionTimeout: "25P03",
  serializationFailure: "40001",
  deadlockDetected: "40P01",
  duplicateDatabase: "42P04",
  objectInUse: "55006",
  tooManyConnections: "53300",
  adminShutdown: "57P01",
  crashShutdown: "57P02",
  cannotConnectNow: "57P03",
} as const;

const transientStates: ReadonlySet<string> = new Set([
  sqlState.connectionException,
  sqlState.connectionRefused,
  sqlState.connectionDoesNotExist,
  sqlState.connectionRejected,
  sqlState.connectionFailure,
  sqlState.idleInTransactionTimeout,
  sqlState.serializationFailure,
  sqlState.deadlockDetected,
  sqlState.tooManyConnections,
  sqlState.adminShutdown,
  sqlState.crashShutdown,
  sqlState.cannotConnectNow,
]);

const networkCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

// The driver gives these no code: the socket closed under a query, or the pool could not connect in time.
const driverConnectionMessage =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/**
 * Whether `error` is a unique violation (23505), of the named constraint if one is given.
 */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (stringField(error, "code") !== sqlState.uniqueViolation) return false;
  return constraint === undefined || stringField(error, "constraint") === constraint;
}

/**
 * Whether the same work may succeed when it is tried again: serialization failure, deadlock, connection lost or
 * refused, server starting or stopping. The work must then be repeated from the start of its transaction.
 *
 * A statement ended by its timeout is not transient: repeating what was too slow makes a loaded server slower.
 */
export function isTransient(error: unknown): boolean {
  const code = stringField(error, "code");
  if (code !== undefined && (transientStates.has(code) || networkCodes.has(code))) return true;
  if (error instanceof AggregateError) return error.errors.some(isTransient);
  return error instanceof Error && code === undefined && driverConnectionMessage.test(error.message);
}

function stringField(error: unknown, field: "code" | "constraint"): string | undefined {
  if (typeof error !== "object" || error === null || !(field in error)) return undefined;
  const value: unknown = Reflect.get(error, field);
  return typeof value === "string" ? value : undefined;
}
