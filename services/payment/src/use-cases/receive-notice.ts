import { createHash } from "node:crypto";
import { foreignPartOf, type Seller } from "../gateways/mercado-pago/seller.ts";
import { checkSignature } from "../gateways/mercado-pago/signature.ts";
import type { Notice } from "../storage/charge-store.ts";
import type { ChargeDesk } from "./charge-desk.ts";
import type { Counting } from "./tally.ts";

/** A notification as it came in. Nothing of it is believed but what its signature covers. */
export type IncomingNotice = {
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly xSignature: string | undefined;
  readonly xRequestId: string | undefined;
  readonly rawBody: string;
};

/** What became of it. `refused` had no good signature; `ignored` speaks of nothing we could read. */
export type NoticeOutcome = "stored" | "duplicate" | "ignored" | "refused";

/** Who works off what was stored. */
export type NoticeWorkers = {
  /** For how long a notice that is stored now may be this process's own, in ms; 0 when it has enough to do. */
  readonly leaseMs: () => number;
  /** One more that was stored as this process's own. */
  readonly take: (notice: Notice) => void;
  /** One was stored that is nobody's yet. */
  readonly look: () => void;
};

const FUTURE_MAX_MS = 5 * 60_000;
const RESOURCE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Takes a notification in: checked, stored, and only then answered; the provider is asked afterwards, so that the answer
 * is fast with the provider away. Old stamps are taken (the provider tries again for days), stamps from the future are
 * not (reliability PA-07).
 */
export async function receiveNotice(
  desk: Pick<ChargeDesk, "store" | "clock" | "newId" | "log">,
  incoming: IncomingNotice,
  rules: {
    readonly secrets: readonly string[];
    readonly seller: Seller;
    readonly workers?: NoticeWorkers;
    /** Counts what people should hear of. */
    readonly count?: Counting["count"];
  },
): Promise<NoticeOutcome> {
  const { secrets, seller, workers, count = () => undefined } = rules;
  const { query, xSignature, xRequestId, rawBody } = incoming;
  // The old kind is never signed, so it may not cause work; links are made so that it does not come.
  if (xSignature === undefined && query["topic"] !== undefined && query["id"] !== undefined) return "ignored";
  const body = bodyOf(rawBody);
  const dataId = query["data.id"] ?? body.dataId;
  const check = checkSignature({ xSignature, xRequestId, dataId }, secrets);
  const now = desk.clock.now();
  if (!check.isGood || check.signedAt.getTime() > now.getTime() + FUTURE_MAX_MS) {
    // Somebody signed it, with another secret: a forger, or a secret that was changed there and not here.
    if (!check.isGood && check.isSigned) count("refused");
    return "refused";
  }
  desk.log.info(
    { request: xRequestId, form: check.form, hasId: body.id !== null },
    "a notification's signature is good",
  );
  if (body.dataId !== null && dataId !== body.dataId) {
    desk.log.warn({ request: xRequestId }, "a notification's body speaks of another id than its signature");
  }
  const foreign = foreignPartOf(body.record, seller);
  if (foreign !== null) {
    // Not stored: a copy under another body must not stand in the way of the true one.
    count("other-seller");
    desk.log.error({ alarm: "other-seller", foreign, resource: dataId }, "a notification for another seller");
    return "ignored";
  }
  const topic = query["type"] ?? query["topic"] ?? body.topic ?? "unknown";
  const resourceId = dataId ?? body.id;
  if (resourceId === null || !RESOURCE_ID.test(resourceId)) return "ignored";
  const notice: Notice = {
    id: desk.newId(),
    receivedAt: now,
    topic: topic.slice(0, 64),
    resourceId,
    isSigned: true,
    signedAt: check.signedAt,
    requestId: xRequestId?.slice(0, 128) ?? null,
    rawBody,
    dedupeKey: dedupeKeyOf(dataId, xRequestId, xSignature),
  };
  const leaseMs = workers?.leaseMs() ?? 0;
  const outcome = await desk.store.notices.store(notice, { leaseMs });
  if (outcome === "duplicate") return outcome;
  if (leaseMs > 0) workers?.take(notice);
  else workers?.look();
  return outcome;
}

/**
 * The same delivery again is the same notice. Only what is signed counts: whoever caught one delivery could otherwise
 * send it again a thousand times with another body each.
 */
function dedupeKeyOf(...signed: readonly (string | null | undefined)[]): string {
  return createHash("sha256").update(JSON.stringify(signed)).digest("hex");
}

type NoticeBody = {
  readonly record: Readonly<Record<string, unknown>>;
  readonly dataId: string | null;
  readonly id: string | null;
  readonly topic: string | null;
};

/** What the body says, as far as it can be read: a hint, wanted only where the address does not say it. */
function bodyOf(rawBody: string): NoticeBody {
  const body = asRecord(parse(rawBody));
  return {
    record: body,
    dataId: textOf(asRecord(body["data"])["id"]),
    id: textOf(body["id"]),
    topic: textOf(body["type"]) ?? textOf(body["topic"]),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A signed notification needs no readable body.
    return null;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
