import type { Entry } from "./entry.ts";

const REFUND = ["POST /payments/{id}/refunds"];

/** Reliability §4.3. The contract's quantity is 1 to 20, money is whole centavos. */
export const NUMBERS: readonly Entry[] = [
  {
    id: "N-01",
    about: "quantities",
    trials: [
      {
        fits: { field: "quantity" },
        values: [-1, 0, 10_000, 1.5, "2", null, [2], true, 2 ** 31, 2 ** 53],
        expect: [400, 422],
      },
    ],
  },
  {
    id: "N-02",
    about: "ways of writing a number",
    trials: [
      { fits: { field: "quantity" }, texts: ["-0"], expect: [422] },
      { fits: { field: "quantity" }, texts: ["1e0", "1.0"], expect: "taken", only: ["POST /orders"] },
    ],
  },
  {
    id: "N-03",
    about: "prices",
    trials: [{ fits: { field: "cents" }, values: [19.995, -1, 0.1], expect: [422] }],
    note: "Centavos are whole numbers, so that 0.1 + 0.2 cannot be asked.",
  },
  {
    id: "N-04",
    about: "an order beyond its limit",
    trials: [
      {
        shownBy: [
          [
            "services/order/test/place-order.test.ts",
            "when the total passes R$ 10.000,00, then it is refused, and at the limit it is not",
          ],
        ],
      },
    ],
  },
  {
    id: "N-05",
    about: "one product on two lines",
    trials: [{ fits: { field: "quantity" }, values: [21], expect: [422], only: ["POST /orders"] }],
    note: "The contract: 1 to 20 on a line; lines of one product are not merged.",
  },
  {
    id: "N-06",
    about: "an amount for a payment",
    trials: [{ extra: { amount: 10, amount_of_order: 1 }, expect: [422] }],
  },
  {
    id: "N-07",
    about: "refunds",
    trials: [
      { fits: { field: "cents" }, values: [0, -1, 1.5], expect: [422], only: REFUND },
      {
        shownBy: [
          [
            "services/payment/test/refund-charge.test.ts",
            "when 50 ask for R$ 10 of R$ 100 at once, then exactly 10 get it",
          ],
        ],
      },
    ],
  },
  {
    id: "N-08",
    about: "numbers in words",
    trials: [{ fits: { field: "integer" }, values: ["NaN", "Infinity"], expect: [422] }],
  },
  {
    id: "N-09",
    about: "page sizes",
    trials: [{ fits: { query: "limit" }, values: ["0", "-1", "101", "1000000000", "1;drop"], expect: [422] }],
  },
  { id: "N-10", about: "a coupon twice", trials: [{ notOurs: "There are no coupons." }] },
];

const encoded = (text: string) => Buffer.from(text).toString("base64url");
const SOMEBODYS = "01900000-0000-7000-8000-000000000000";
/** Of the form of each of our lists, at the end of time or the id of what others have. */
const FORGED_CURSORS = [
  encoded(SOMEBODYS),
  Buffer.from(SOMEBODYS.replaceAll("-", ""), "hex").toString("base64url"),
  encoded(`99999999999999 ${SOMEBODYS}`),
  encoded(`0 ${SOMEBODYS}`),
  encoded(JSON.stringify(["products", 0, "a", SOMEBODYS])),
];

/** Reliability §4.4. */
export const IDS: readonly Entry[] = [
  {
    id: "X-01",
    about: "ids",
    note: "The contract: what cannot be an id is an unknown id, 404. Upper case is tried with the id of something real.",
    trials: [
      {
        fits: { path: "id" },
        values: ["not-a-uuid", "{{path id}}%20", "a%00b", "00000000-0000-0000-0000-000000000000"],
        expect: [404],
      },
      { fits: { path: "id" }, values: ["x".repeat(10_240)], expect: [414] },
      { shownBy: [["services/order/test/read-order.test.ts", "toUpperCase()"]] },
    ],
  },
  {
    id: "X-02",
    about: "operators of a database",
    trials: [
      {
        fits: { field: "scalar" },
        values: [{ $gt: "" }, { $ne: null }, { $where: "sleep(5000)" }, { $regex: "^(a+)+$" }],
        expect: [422],
      },
    ],
  },
  {
    id: "X-03",
    about: "SQL in a search",
    trials: [{ fits: { query: "q" }, values: ["' OR '1'='1", '"; drop table', "\\", "%", "_"], expect: [200] }],
  },
  {
    id: "X-04",
    about: "cursors",
    note: "A place in a list and no secret: one that was made up leads to another place of what its reader may see anyhow.",
    trials: [
      { fits: { query: "cursor" }, values: ["x", "MSAx", "eyJhIjoxfQ", "' OR 1=1"], expect: [422] },
      { fits: { query: "cursor" }, values: FORGED_CURSORS, expect: [200, 422] },
      {
        shownBy: [
          ["services/order/test/list-orders.test.ts", "when a customer names another customer, then nothing is there"],
        ],
      },
    ],
  },
  { id: "X-05", about: "things of another shop", trials: [{ notOurs: "One installation serves one shop." }] },
  {
    id: "X-06",
    about: "addresses of images",
    note: "No service ever fetches one (OR-23); a guest's browser will, so it may lead nowhere inside.",
    trials: [
      {
        fits: { field: "image_url" },
        values: [
          "file:///etc/passwd",
          "data:text/html,x",
          "javascript:alert(1)",
          "http://exa mple",
          "http://169.254.169.254/latest",
          "https://169.254.169.254/latest",
          "https://[::1]/x.png",
          "https://127.1/x.png",
          "https://2130706433/x.png",
          "https://localhost/x.png",
        ],
        expect: [422],
      },
      {
        shownBy: [
          ["packages/service-kit/test/outbound.test.ts", "when it is %s, then it is no public one"],
          ["packages/service-kit/test/outbound.test.ts", "is asked for, then it is refused and no socket is opened"],
          [
            "packages/service-kit/test/outbound.test.ts",
            "when a name changes between two look-ups, then there is no second one",
          ],
          ["packages/service-kit/test/outbound.test.ts", "when a server sends us elsewhere, then we do not go"],
        ],
      },
    ],
  },
  {
    id: "X-07",
    about: "addresses to call back",
    trials: [{ extra: { return_url: "http://127.1", notification_url: "http://127.1" }, expect: [422] }],
  },
  {
    id: "X-08",
    about: "orders and fields of a list",
    trials: [{ queries: ["sort=__proto__", "fields=passwordHash"], expect: [422] }],
  },
  {
    id: "X-09",
    about: "idempotency keys",
    trials: [{ fits: { header: "idempotency-key" }, values: ["x".repeat(256), "two words"], expect: [422] }],
    note: "A short key is taken where its sender is known; CR and LF end a header before anybody reads it.",
  },
  {
    id: "X-10",
    about: "ids of another service",
    trials: [{ paths: ["/payments/{{order}}", "/orders/{{charge}}", "/customers/{{order}}"], expect: [404] }],
  },
];
