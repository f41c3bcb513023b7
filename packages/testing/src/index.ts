export { cpfOf } from "./cpf.ts";
export { type FixedClock, fixedClock } from "./fixed-clock.ts";
export { freePort } from "./free-port.ts";
export { createTestDatabase, type TestDatabase } from "./test-database.ts";
export { type WaitOptions, waitFor } from "./wait-for.ts";
