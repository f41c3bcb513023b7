/** A stored document of some past format, known to be an object and no more. */
type Document = Readonly<Record<string, unknown>>;

/** The form in which charges are written now. A change that old code cannot read raises it by a step below. */
export const CHARGE_FORMAT = 3;

/**
 * What turns a document of one format into one of the next; the step at place `n` takes format `n + 1`. Each is pure,
 * knows nothing of the present code, and is never changed once documents of its format were written
 * (`test/stores/golden` holds one of each).
 */
const STEPS: readonly ((document: Document) => Document)[] = [toFormat2, toFormat3];

/**
 * Brings a document to the present format. Whatever is not of a past format is given back as it is: the reader says
 * what is wrong with it.
 */
export function upgradeCharge(document: unknown): unknown {
  if (!isDocument(document)) return document;
  const { format } = document;
  if (typeof format !== "number" || !Number.isInteger(format) || format < 1) return document;
  return STEPS.slice(format - 1).reduce((before: Document, step) => step(before), document);
}

/** Refunds by line: lines have names, which were their places; refunds name the lines that they give back. */
function toFormat2(document: Document): Document {
  return {
    ...document,
    format: 2,
    items: each(document["items"], (item, index) => ({ id: String(index + 1), ...item })),
    // What was written before strays were known says nothing of them.
    refunds: each(document["refunds"], (refund) => ({ strayPaymentId: null, lines: [], ...refund })),
  };
}

/**
 * Unknown outcomes have a state of their own. What had been asked and not answered by then is taken for unknown: then it
 * is looked for before it is asked again.
 */
function toFormat3(document: Document): Document {
  const { providerId, status, createdAt } = document;
  const isAsked = providerId === null && document["provider"] !== "counter";
  return {
    ...document,
    format: 3,
    making: isAsked && status === "created" ? "unknown" : "settled",
    askedAt: isAsked ? createdAt : null,
    refunds: each(document["refunds"], (refund) => ({ ...refund, askedAt: askedAtOf(document, refund["id"]) })),
  };
}

function askedAtOf({ entries }: Document, refundId: unknown): unknown {
  if (!Array.isArray(entries)) return null;
  const requests = entries.filter((one: unknown) => isDocument(one) && one["kind"] === "request").filter(isDocument);
  return requests.find(({ detail }) => refundOf(detail) === refundId)?.["at"] ?? null;
}

/** MongoDB holds the detail as text. */
function refundOf(detail: unknown): unknown {
  const record: unknown = typeof detail === "string" ? JSON.parse(detail) : detail;
  return isDocument(record) ? record["refund_id"] : undefined;
}

function each(list: unknown, change: (member: Document, index: number) => Document): unknown {
  return Array.isArray(list) ? list.map((one, index) => (isDocument(one) ? change(one, index) : one)) : list;
}

function isDocument(value: unknown): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
