import type { Allowed } from "./scan.ts";

/** A place in which a test may leave what it planted, and why. */
export type LawfulInTest = Allowed & {
  /** Path of the test file from the root. */
  readonly file: RegExp;
};

/** What the whole suite is searched with; a word here that nothing needs fails the run (`judge-suite.ts`). */
export const LAWFUL_IN_TESTS: readonly LawfulInTest[] = [
  {
    file: /^services\/auth\/test\/bad-input\.test\.ts$/,
    place: /^column auth\.devices\.name$/,
    what: /^a password$/,
    why: "one and the same nonsense goes into every field, the password and the name of a device alike",
  },
  {
    file: /^services\/order\/test\/free-text\.test\.ts$/,
    place: /^column order\.products\.details$/,
    what: /^an e-mail$/,
    why: "the shop's own address in the words of its menu, there to be read",
  },
  {
    file: /^packages\/mercadopago-sandbox\/test\//,
    place: /^refusal to fetch: 402$/,
    what: /^(?:an e-mail|a token)$/,
    why: "Mercado Pago answers a refused card with the order as it was sent, payer and card token included",
  },
  {
    file: /^e2e\//,
    place: /^output of start$/,
    what: /^an e-mail$/,
    why: "the welcome on the owner's screen says whom to enter as; it is no log",
  },
  {
    file: /^e2e\/canary\.test\.ts$/,
    place: /^column payment(?: in MongoDB)?\.notices\.(?:raw_body|rawBody)$/,
    what: /^(?:a CPF|an e-mail|a token)$/,
    why: "the signed notice as it came, evidence in a dispute; the story sends its e-mail as a token, too",
  },
];
