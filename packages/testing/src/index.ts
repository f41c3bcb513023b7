export { harvestSettings } from "./canary/harvest.ts";
export { cpfOf } from "./cpf.ts";
export { startDeafHost } from "./deaf-host.ts";
export { type FixedClock, fixedClock } from "./fixed-clock.ts";
export { freePort } from "./free-port.ts";
export { selfSigned } from "./self-signed.ts";
export { createTestDatabase, type TestDatabase } from "./test-database.ts";
export { createTestLog, noteFigures } from "./test-log.ts";
export { type WaitOptions, waitFor } from "./wait-for.ts";
