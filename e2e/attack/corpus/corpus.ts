import { BODIES } from "./bodies.ts";
import type { Entry } from "./entry.ts";
import { IDENTITY_AND_TEXT } from "./identity-and-text.ts";
import { IDS, NUMBERS } from "./numbers-and-ids.ts";
import { FLOWS, TOKENS, WEBHOOKS } from "./tokens-and-flows.ts";

/** How many entries the corpus has of each kind: none may be forgotten here. */
export const COUNTS = { U: 26, H: 25, N: 10, X: 10, J: 24, W: 17, S: 20 } as const;

/** The corpus of bad input (reliability §4). */
export const CORPUS: readonly Entry[] = [
  ...IDENTITY_AND_TEXT,
  ...BODIES,
  ...NUMBERS,
  ...IDS,
  ...TOKENS,
  ...WEBHOOKS,
  ...FLOWS,
];
