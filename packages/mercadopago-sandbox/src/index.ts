export { buildSandbox, type Sandbox, type SandboxOptions, startSandbox } from "./sandbox.ts";
export { defaultAccessToken, defaultWebhookSecret, type Seller } from "./sellers.ts";
