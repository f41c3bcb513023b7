/**
 * What a fuzzer's right request never gets a 2xx from, and why. Whatever else is never answered so fails a run, and so
 * does an excuse that is not needed.
 */
export const UNREACHABLE: Readonly<Record<string, string>> = {
  "gateway /docs/auth": "A page and its parts, no operations: services/gateway/test/pages.test.ts.",
  "gateway /docs/order": "As /docs/auth.",
  "gateway /docs/payment": "As /docs/auth.",
};
