import type { Entry } from "./entry.ts";

const IDENTIFY = ["POST /customers/identify"];
const REGISTER = ["POST /customers/register"];
const astronaut = "👩‍🚀";
/** C0, DEL and C1: the last are invisible too, and to some terminals the beginning of a command. */
const CONTROLS = ["\u0000", "\u0007", "\u001b", "\u007f", "\u0080", "\u0085", "\u009b", "\u009f"];

/** Reliability §4.1, which often has 400 where well-formed input breaks a rule: 422 here (the contract). */
export const IDENTITY_AND_TEXT: readonly Entry[] = [
  {
    id: "U-01",
    about: "CPF of one digit",
    trials: [{ fits: { field: "cpf" }, values: ["111.111.111-11", "00000000000"], expect: [422] }],
  },
  {
    id: "U-02",
    about: "CPF with a wrong check digit",
    trials: [{ fits: { field: "cpf" }, values: ["529.982.247-26"], expect: [422] }],
  },
  {
    id: "U-03",
    about: "CPF in both forms",
    trials: [{ fits: { field: "cpf" }, values: ["{{known_cpf}}", "{{dotted_cpf}}"], expect: [200], only: IDENTIFY }],
  },
  {
    id: "U-04",
    about: "CPF in no form",
    trials: [{ fits: { field: "cpf" }, values: ["529982247-25", "5299822472", "529982247255"], expect: [422] }],
  },
  {
    id: "U-05",
    about: "CPF in other digits",
    trials: [{ fits: { field: "cpf" }, values: ["５２９９８２２４７２５", "٥٢٩٩٨٢٢٤٧٢٥"], expect: [422] }],
  },
  {
    id: "U-06",
    about: "CPF with what is not seen",
    trials: [
      {
        fits: { field: "cpf" },
        values: [
          "5299822472\u200d5",
          "529 98224725",
          "529\u00a098224725",
          "\u00a052998224725",
          "52998224725\u00a0",
          "52998224725\t",
          "52998224725\n",
        ],
        expect: [422],
      },
    ],
  },
  {
    id: "U-07",
    about: "CPF as a number",
    trials: [{ fits: { field: "cpf" }, values: [52_998_224_725, 1_234_567_890], expect: [422] }],
  },
  {
    id: "U-08",
    about: "CPF as something else",
    trials: [{ fits: { field: "cpf" }, values: [["52998224725"], {}, true, null], expect: [422] }],
  },
  {
    id: "U-09",
    about: "CPF without end",
    trials: [
      { fits: { field: "cpf" }, values: ["5".repeat(5_000), "5".repeat(60_000)], expect: [422] },
      // The same for any text: a pattern that walks through it again and again would hold up everybody for a minute.
      {
        fits: { field: "string" },
        values: [`${"a".repeat(60_000)}\u0001`, `${" ".repeat(60_000)}\u0001`],
        expect: [422],
      },
    ],
  },
  {
    id: "U-10",
    about: "a CPF that nobody has",
    note: "The contract: `identify` answers 404 to an unknown CPF; a registration takes it, a search finds nobody.",
    trials: [{ fits: { field: "cpf" }, values: ["{{fresh_cpf}}"], expect: [404], only: IDENTIFY }],
  },
  {
    id: "U-11",
    about: "a CPF in an address",
    note: "422, as every unknown filter; that it stands in no log is the canary's to show.",
    trials: [
      { queries: ["cpf=52998224725", "email=ana%40exemplo.com.br"], expect: [422] },
      { paths: ["/customers/52998224725"], expect: [404] },
      {
        shownBy: [
          [
            "services/auth/test/canary.test.ts",
            "when secrets pass through every route, then no log line and no readable column holds one",
          ],
        ],
      },
    ],
  },
  {
    id: "U-12",
    about: "e-mails that are none",
    trials: [
      {
        fits: { field: "email" },
        values: ["a@@b.com", "a@b", `${"a".repeat(255)}@exemplo.com.br`, '"<svg onload=1>"@x.com'],
        expect: [422],
      },
    ],
  },
  {
    id: "U-13",
    about: "e-mail with a header",
    trials: [{ fits: { field: "email" }, values: ["a@b.com\r\nBcc: x@y.z"], expect: [422] }],
  },
  {
    id: "U-14",
    about: "e-mail with a Cyrillic letter",
    trials: [{ fits: { field: "email" }, values: ["аdmin@exemplo.com.br"], expect: [201, 422], only: REGISTER }],
  },
  {
    id: "U-15",
    about: "e-mail in another letter case",
    trials: [
      {
        shownBy: [
          [
            "services/auth/test/register-customer.test.ts",
            "when the e-mail is taken, in whatever letter case, then 409",
          ],
        ],
      },
    ],
  },
  {
    id: "U-16",
    about: "text that runs the other way",
    trials: [
      { fits: { field: "line" }, values: ["a\u202eb", "a\u2066b", "\ufeffab", "a\u2028b", "a\uffffb"], expect: [422] },
      { fits: { field: "comment" }, values: ["\u200b", "\u2800\u3164", " \u2060 "], expect: [422] },
      { fits: { field: "line" }, values: ["Ma\u200dri\u200ca", "מרים"], expect: "taken" },
    ],
  },
  {
    id: "U-17",
    about: "text with control characters",
    trials: [
      { fits: { field: "line" }, values: ["\u0000", ...CONTROLS.map((control) => `a${control}b`)], expect: [422] },
    ],
  },
  {
    id: "U-18",
    about: "half a character",
    trials: [{ fits: { field: "line" }, texts: ['"\\ud800"', '"a\\udc00b"'], expect: [422] }],
  },
  {
    id: "U-19",
    about: "text that a spreadsheet would run",
    trials: [
      { fits: { field: "line" }, values: ['=HYPERLINK("x")', "+1", "-1", "@x"], expect: "taken" },
      {
        shownBy: [
          [
            "services/payment/test/reconciliations.test.ts",
            "when a field begins like a formula or holds a separator, then it stays text (RFC 4180)",
          ],
        ],
      },
    ],
    note: "What is exported as CSV are days of the books; no line of a guest's is in it, and what Mercado Pago says is neutralised.",
  },
  {
    id: "U-20",
    about: "text that a page would run",
    trials: [{ fits: { field: "line" }, values: ["<b>x</b>", "{{7*7}}", "$" + "{7*7}"], expect: "taken" }],
    note: "Answers are JSON; pages are tested where they are.",
  },
  {
    id: "U-21",
    about: "characters, not code units",
    note: "Three code points make one astronaut: 66 of them are 198.",
    trials: [
      { fits: { field: "comment" }, values: [astronaut.repeat(66), "🍔".repeat(200)], expect: "taken" },
      { fits: { field: "comment" }, values: ["🍔".repeat(201)], expect: [422] },
    ],
  },
  {
    id: "U-22",
    about: "one name in two Unicode forms",
    trials: [
      {
        shownBy: [
          [
            "services/order/test/create-category.test.ts",
            "when a name differs only in case, accents or Unicode form (%j), then 409",
          ],
        ],
      },
    ],
  },
  {
    id: "U-23",
    about: "passwords short, known, long",
    trials: [
      {
        fits: { field: "password" },
        values: ["seteee7", "12345678", "x".repeat(129)],
        expect: [422],
        only: [...REGISTER, "POST /customers/admin"],
      },
      {
        fits: { field: "password" },
        values: [`um pastel ${"é".repeat(54)}`, `um pastel ${"é".repeat(118)}`],
        expect: "taken",
        only: REGISTER,
      },
      { fits: { field: "password" }, values: ["x".repeat(1_048_576)], expect: [413] },
    ],
  },
  {
    id: "U-24",
    about: "passwords that look alike",
    trials: [
      {
        shownBy: [
          [
            "services/auth/test/issue-token.test.ts",
            "when passwords differ by normalisation, case or a trailing space only, then they differ",
          ],
        ],
      },
    ],
  },
  {
    id: "U-25",
    about: "a forged log line",
    trials: [
      {
        fits: { field: "line" },
        values: [...CONTROLS, "\n", "\r\n"].map((end) => `x${end}{"level":30,"msg":"paid"}`),
        expect: [422],
      },
    ],
  },
  {
    id: "U-26",
    about: "names that JavaScript knows",
    trials: [
      { fits: { field: "username" }, values: ["__proto__", "toString", "hasOwnProperty"], expect: [400] },
      { fits: { query: "q" }, values: ["__proto__", "toString", "hasOwnProperty"], expect: [200] },
    ],
  },
];
