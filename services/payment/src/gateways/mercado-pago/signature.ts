import { InvalidWebhookSignatureError, WebhookSignatureValidator } from "mercadopago";

/** What of a notification its signature covers: an id, a request id and a time. Never the body. */
export type SignedParts = {
  readonly xSignature: string | undefined;
  readonly xRequestId: string | undefined;
  readonly dataId: string | null;
};

/** In which of its forms a signature came: which of them are real is an open question (provider §16, 1). */
export type SignatureForm = {
  readonly id: "lower" | "as-is" | "none";
  readonly ts: "ms" | "s";
  readonly secret: "present" | "previous";
};

/** What a signature is worth. `signedAt` is its own time stamp; `isSigned` says that a bad one has at least the form. */
export type SignatureCheck =
  | { readonly isGood: true; readonly signedAt: Date; readonly form: SignatureForm }
  | { readonly isGood: false; readonly isSigned: boolean };

/** Ten digits are seconds, thirteen are milliseconds; both are seen (provider §0.1, 7). */
const DIGITS_OF_MS = 12;

/**
 * Checks a notification's signature with the official validator. The id is tried in lower case, as the documentation
 * has it, then as it came, and with every secret given, so that a secret can be changed without losing notices. The
 * validator's own `toleranceSeconds` is not used: it takes milliseconds for seconds and would refuse everything.
 */
export function checkSignature(parts: SignedParts, secrets: readonly string[]): SignatureCheck {
  const { xSignature, xRequestId, dataId } = parts;
  const stamp = stampOf(xSignature);
  if (stamp === null) return { isGood: false, isSigned: false };
  for (const [index, secret] of secrets.entries()) {
    for (const [id, form] of formsOf(dataId)) {
      if (!isValid({ xSignature, xRequestId, secret, dataId: id })) continue;
      const said = { id: form, ts: stamp.unit, secret: index === 0 ? "present" : "previous" } as const;
      return { isGood: true, signedAt: stamp.at, form: said };
    }
  }
  return { isGood: false, isSigned: true };
}

function formsOf(dataId: string | null): readonly (readonly [id: string | null, form: SignatureForm["id"]])[] {
  if (dataId === null) return [[null, "none"]];
  const lower = dataId.toLowerCase();
  return lower === dataId
    ? [[lower, "lower"]]
    : [
        [lower, "lower"],
        [dataId, "as-is"],
      ];
}

function isValid(options: Parameters<typeof WebhookSignatureValidator.validate>[0]): boolean {
  try {
    WebhookSignatureValidator.validate(options);
    return true;
  } catch (error) {
    if (error instanceof InvalidWebhookSignatureError) return false;
    throw error;
  }
}

/** The one time stamp; a header that says it, or the hash, twice was not written by Mercado Pago. */
function stampOf(xSignature = ""): { readonly at: Date; readonly unit: SignatureForm["ts"] } | null {
  const parts = xSignature.split(",").map((part) => part.trim().toLowerCase());
  if (parts.filter((part) => part.startsWith("v1")).length !== 1) return null;
  const [stamp, ...more] = parts.filter((part) => part.startsWith("ts"));
  const digits = /^ts\s*=\s*(\d{1,15})$/.exec(stamp ?? "")?.[1];
  if (digits === undefined || more.length > 0) return null;
  return digits.length >= DIGITS_OF_MS
    ? { at: new Date(Number(digits)), unit: "ms" }
    : { at: new Date(Number(digits) * 1000), unit: "s" };
}
