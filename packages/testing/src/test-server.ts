/**
 * Address of the PostgreSQL that tests use, with the right to create databases: the environment's
 * `TEST_DATABASE_URL`, which the global set-up fills with an embedded server when nobody else did.
 */
// biome-ignore-start lint/style/noProcessEnv: worker processes inherit it; there is no other door from the global set-up
export function testServerUrl(): string | undefined {
  return process.env["TEST_DATABASE_URL"];
}

/** Lets the worker processes that start from now on use this server. */
export function offerTestServer(url: string): void {
  process.env["TEST_DATABASE_URL"] = url;
}
// biome-ignore-end lint/style/noProcessEnv: see above
