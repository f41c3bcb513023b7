import type { Allowed } from "@comanda/testing/canary";

const WORDS = "is what a guest wrote for the kitchen, kept with the order until the guest goes (docs/privacy)";

/** Where a planted value may stand after the story, and why. Vera has gone: nothing of hers is here. */
export const LAWFUL: readonly Allowed[] = [
  { place: /^order\.orders\.customer_name$/, what: /^Rosa's calledOut$/, why: WORDS },
  { place: /^order\.order_items\.comment$/, what: /^Rosa's wish$/, why: WORDS },
  {
    place: /^file data\/secrets\//,
    what: /secret$|secret of|key|access token at/,
    why: "the secrets themselves, in files that only the owner reads",
  },
  {
    place: /^payment\.notices\.(?:raw_body|rawBody)$/,
    what: /^payer's /,
    why: "the signed notice as it came, evidence in a dispute, deleted after its time (docs/privacy, class personal)",
  },
  {
    place: /^file postgres\.password$/,
    what: /^the password of the database of /,
    why: "the embedded PostgreSQL's own password, in a file that only the owner reads",
  },
  {
    place: /^output of start$/,
    what: /^the administrator's email$/,
    why: "the welcome on the owner's screen says whom to enter as; it is no log",
  },
  { place: /^order\.outbox\.data$/, what: /^the poison's email$/, why: "the test put it there" },
];
