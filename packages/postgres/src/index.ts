export { createDatabase, databaseIsReachable } from "./database.ts";
export { createGatherer, type Gatherer } from "./gather.ts";
export type { Log } from "./log.ts";
export { type MigrateOptions, MigrationError, migrate } from "./migrate.ts";
export { createPool, type Pool, type PoolClient, type PoolOptions } from "./pool.ts";
export { isTransient, isUniqueViolation, sqlState } from "./sql-state.ts";
