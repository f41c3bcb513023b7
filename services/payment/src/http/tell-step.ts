import { CHARGE_STATUSES } from "@comanda/contracts";
import type { Words } from "@comanda/service-kit";
import type { Charge, FlowEntry, MoneyEntry } from "../domain/charge.ts";
import { createKeyOf, refundKeyOf } from "../domain/provider-keys.ts";
import { codeOfMoney, codeOfStep } from "../domain/step-code.ts";
import type { CountedNotice } from "../storage/charge-store.ts";
import { noticeText, withoutPersonal } from "./notice-text.ts";
import { ownReasonIn } from "./own-reasons.ts";
import { inReais, statusParams } from "./problem-words.ts";
import {
  AGAIN_WORDS,
  CHANGE_WORDS,
  FORGOTTEN_WORDS,
  METHOD_WORDS,
  RETURNED_WORDS,
  REVERSAL_WORDS,
  STEP_ALARM_WORDS,
  STEP_WORDS,
  type StepCode,
} from "./step-words.ts";

type Detail = FlowEntry["detail"];
type Language = keyof Words;

/** What only serves to recognise a repeated request is of no use to a reader. */
const INTERNAL = new Set(["key", "fingerprint"]);

/** What a step is told with. */
export type Telling = {
  readonly charge: Charge;
  /** The charge's notifications that are still kept, by id. */
  readonly notices: ReadonlyMap<string, CountedNotice>;
  readonly language: Language;
};

/** The steps of a charge and the money that moved, oldest first; what follows from a step stands after it. */
export function tellSteps(telling: Telling) {
  const { charge, language } = telling;
  const steps = charge.entries.map((entry) => tellStep(entry, telling));
  const money = charge.ledger.map((entry) => tellMoney(entry, language));
  // The order of equal times is kept.
  return [...steps, ...money].toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** The same for who may read no amount and nothing that anybody wrote: only when and what kind of step it was. */
export function nameSteps({ entries }: Charge) {
  return entries.map((entry) => ({ at: entry.at.toISOString(), kind: entry.kind, code: codeOfStep(entry) }));
}

function tellStep(entry: FlowEntry, telling: Telling) {
  const { at, kind, summary: written } = entry;
  const code = codeOfStep(entry);
  const detail = { ...shown(entry.detail), ...asked(entry, code, telling), ...notified(entry, telling) };
  const summary = sentence({ code, detail, written, telling });
  return { at: at.toISOString(), kind, code, summary, detail };
}

function tellMoney(entry: MoneyEntry, language: Language) {
  const { at, why, debit, credit, amountCents, isReversal } = entry;
  const code = codeOfMoney(entry);
  const told = (isReversal ? REVERSAL_WORDS[why] : undefined) ?? STEP_WORDS[code];
  const summary = told[language].replace("{amount}", () => inReais(amountCents));
  const detail = { why, is_reversal: isReversal, debit, credit, amount_cents: amountCents };
  return { at: at.toISOString(), kind: "money" as const, code, summary, detail };
}

function shown(detail: Detail): Detail {
  const kept = Object.entries(detail).filter(([name]) => !INTERNAL.has(name) && !name.startsWith("answered_"));
  // Somebody typed the reason.
  return Object.fromEntries(
    kept.map(([name, value]) => [
      name,
      name === "reason" && typeof value === "string" ? withoutPersonal(value) : value,
    ]),
  );
}

/** What exactly the provider was asked: all of it is fixed at the birth of a charge, or of a refund. */
function asked(entry: FlowEntry, code: StepCode, { charge }: Telling): Detail {
  if (code === "charge-asked") {
    const seconds = charge.entries.find(({ kind }) => kind === "intent")?.detail["qr_seconds"];
    return {
      operation: "create-charge",
      method: charge.method,
      idempotency_key: createKeyOf(charge),
      attempt: charge.attempt,
      time: timesBefore(entry, charge, () => true),
      amount_cents: charge.amountCents,
      currency: charge.currency,
      ...(charge.method === "link" || typeof seconds !== "number" ? {} : { expires_in_s: seconds }),
      device_id: charge.place?.deviceId ?? null,
      external_pos_id: charge.place?.externalPosId ?? null,
      terminal_id: charge.place?.terminalId ?? null,
    };
  }
  if (code === "close-asked") return { operation: "close-charge", provider_id: charge.providerId };
  const refund = refundOf(entry.detail, charge);
  if (code !== "refund-asked" || refund === undefined) return {};
  return {
    operation: "refund",
    idempotency_key: refundKeyOf(refund.id),
    time: timesBefore(entry, charge, ({ detail }) => detail["refund_id"] === refund.id),
    amount_cents: refund.amountCents,
    currency: charge.currency,
    provider_id: charge.providerId,
    provider_payment_id: refund.strayPaymentId ?? charge.providerPaymentId,
  };
}

/** 1 for the first time that the provider was asked this. */
function timesBefore(entry: FlowEntry, { entries }: Charge, isAlike: (entry: FlowEntry) => boolean): number {
  const alike = entries.filter(
    (one) => one.kind === "request" && codeOfStep(one) === codeOfStep(entry) && isAlike(one),
  );
  return alike.indexOf(entry) + 1;
}

function refundOf(detail: Detail, { refunds }: Charge): Charge["refunds"][number] | undefined {
  return refunds.find(({ id }) => id === detail["refund_id"]);
}

/** The notification as it came, as long as it is kept. */
function notified({ kind, detail }: FlowEntry, { notices }: Telling): Detail {
  if (kind !== "notification") return {};
  const notice = notices.get(String(detail["notice_id"]));
  if (notice === undefined) return { is_kept: false, raw_body: null };
  const { text, isVerbatim, removed } = noticeText(notice.rawBody);
  return {
    is_kept: true,
    is_signed: notice.isSigned,
    signed_at: notice.signedAt?.toISOString() ?? null,
    request_id: notice.requestId === null ? null : withoutPersonal(notice.requestId),
    deliveries: notice.deliveries,
    raw_body: text,
    raw_body_bytes: Buffer.byteLength(notice.rawBody),
    is_verbatim: isVerbatim,
    removed_fields: removed,
  };
}

type Said = {
  readonly code: StepCode;
  readonly detail: Detail;
  readonly written: string;
  readonly telling: Telling;
};

function sentence(said: Said): string {
  const { code, detail, telling } = said;
  const { language } = telling;
  const values = valuesOf(said);
  const told = STEP_WORDS[code][language].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
  const alarms = Array.isArray(detail["alarms"]) ? detail["alarms"] : [];
  const more = alarms.flatMap((alarm: unknown) => STEP_ALARM_WORDS[String(alarm)]?.[language] ?? []);
  return [told, ...more, ...(detail["is_kept"] === false ? [FORGOTTEN_WORDS[language]] : [])].join(" ");
}

function valuesOf({ code, detail, written, telling }: Said): Readonly<Record<string, string>> {
  const { charge, language } = telling;
  const cents = [detail["received_cents"], detail["amount_cents"], refundOf(detail, charge)?.amountCents];
  const reason = detail["code"] ?? detail["reason"];
  const { time, change_cents: change } = detail;
  return {
    amount: inReais(cents.find((value) => typeof value === "number") ?? charge.amountCents),
    attempt: String(detail["attempt"] ?? charge.attempt),
    method: METHOD_WORDS[charge.method][language],
    again: typeof time === "number" && time > 1 ? AGAIN_WORDS[language] : "",
    returned: returnedIn(language, detail["refunds"]),
    change: typeof change === "number" && change > 0 ? amountIn(CHANGE_WORDS[language], change) : "",
    reason: reasonIn(language, reason),
    status: statusIn(language, code === "event-written" ? written.split(".").at(-1) : detail["status"]),
    written: withoutPersonal(written),
  };
}

/** What of the payment has gone back, is on its way, or did not go. */
function returnedIn(language: Language, refunds: unknown): string {
  if (!Array.isArray(refunds)) return "";
  return Object.entries(RETURNED_WORDS)
    .map(([status, told]) => {
      const cents = refunds.filter((refund) => refund?.status === status).map((refund) => Number(refund.amount_cents));
      const sum = cents.reduce((total, one) => total + one, 0);
      return sum > 0 ? amountIn(told[language], sum) : "";
    })
    .join("");
}

function amountIn(text: string, cents: number): string {
  return text.replace("{amount}", () => inReais(cents));
}

function reasonIn(language: Language, reason: unknown): string {
  const text = typeof reason === "string" || typeof reason === "number" ? String(reason) : "?";
  return ownReasonIn(language, text).replace(/\.$/, "");
}

function statusIn(language: Language, said: unknown): string {
  const status = CHARGE_STATUSES.find((known) => known === said);
  if (status === undefined) return String(said);
  const { status: english, situation } = statusParams(status);
  return language === "pt" ? situation : english;
}
