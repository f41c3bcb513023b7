import type { AuditTrail } from "@comanda/audit";
import type { ChargeStatus } from "@comanda/contracts";
import type { OutboxStore } from "@comanda/messaging";
import type { Id } from "@comanda/primitives";
import type { Charge } from "../domain/charge.ts";
import type { PointOfSale } from "../domain/point-of-sale.ts";
import type { ReconciliationStore } from "./reconciliation-store.ts";
import type { RequestKeyStore } from "./request-key-store.ts";
import type { TallyStore } from "./tally-store.ts";
import type { TroubleStore } from "./trouble-store.ts";
import type { UpgradeStore } from "./upgrade-store.ts";

/**
 * Where charges live. Two implementations, MongoDB and PostgreSQL, held to one contract suite. A charge is changed only
 * by compare-and-swap on its version; every answer is read from the primary.
 */
export type ChargeStore = {
  /**
   * Writes a new charge (version 1).
   * @returns the charge that holds this id or this (order, attempt), or is the order's open one (`created`, `pending`,
   * `in_process`): the given one, or the one that was there first
   * @throws UniqueRuleError when another charge holds its provider id
   */
  readonly insert: (charge: Charge) => Promise<{ readonly inserted: boolean; readonly charge: Charge }>;
  readonly get: (id: Id) => Promise<Charge | null>;
  /** By Mercado Pago's order or preference id. */
  readonly getByProviderId: (providerId: string) => Promise<Charge | null>;
  /** The charge that a card terminal is busy with: of the method `terminal`, and still open. */
  readonly getOpenAtTerminal: (terminalId: string) => Promise<Charge | null>;
  readonly listOfOrder: (orderId: Id) => Promise<readonly Charge[]>;
  /**
   * Replaces a charge by its next version, `charge.version === expectedVersion + 1`. Of `unsent` only the events that
   * the charge never had are taken: those it had belong to the relay, which may have sent some since it was read.
   * @throws UniqueRuleError when another charge holds its provider id
   * @returns `false` when somebody else was faster: read again and decide again
   */
  readonly replace: (charge: Charge, expectedVersion: number) => Promise<boolean>;
  /**
   * Charges whose `nextCheckAt` has come, oldest first, pushed `leaseMs` into the future as they are taken, so that
   * two processes do not ask the provider the same thing. Does not change the version.
   */
  readonly claimDue: (options: {
    readonly now: Date;
    readonly limit: number;
    readonly leaseMs: number;
  }) => Promise<readonly Charge[]>;
  /** Newest first, by keyset; `after` is the id of the last one of the page before. */
  readonly list: (options: {
    readonly orderId?: Id;
    readonly customerId?: Id;
    readonly status?: ChargeStatus;
    readonly limit: number;
    readonly after?: Id;
  }) => Promise<readonly Charge[]>;
  /** The unsent events inside the charges, as the relay sees them; settling one does not change the version. */
  readonly outbox: OutboxStore;
  readonly notices: NoticeStore;
  /** What the staff did; beside the charges, in the same database. */
  readonly audit: AuditTrail;
  readonly pointsOfSale: PointOfSaleStore;
  /**
   * Forgets what is only kept for a while: notices that were worked off, request keys and tallies older than `days`, and
   * sent events after seven days (ADR 0004). Run now and then.
   */
  readonly purge: (options: { readonly days: number }) => Promise<void>;
  /** Rejects when the database does not answer. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** What the shop has put beside its devices. */
export type PointOfSaleStore = {
  readonly get: (deviceId: Id) => Promise<PointOfSale | null>;
  /** All of them: as many as the shop has devices. */
  readonly list: () => Promise<readonly PointOfSale[]>;
  /** Writes it over what was known of the device; one that names nothing is forgotten. */
  readonly put: (pointOfSale: PointOfSale) => Promise<void>;
};

/** All that the service keeps: charges, the comparisons of them with the provider's book, and what alarms look at. */
export type PaymentStore = ChargeStore & {
  readonly requestKeys: RequestKeyStore;
  readonly reconciliations: ReconciliationStore;
  readonly trouble: TroubleStore;
  readonly upgrades: UpgradeStore;
  readonly tallies: TallyStore;
};

/** A notification of the provider as it came in: a hint, stored before it is answered. */
export type Notice = {
  readonly id: Id;
  readonly receivedAt: Date;
  /** Mercado Pago's topic: `order`, `payment`, … */
  readonly topic: string;
  /** The id the notification speaks of. */
  readonly resourceId: string;
  /** That its signature was good: nothing else is stored. */
  readonly isSigned: boolean;
  /** When it says that it was signed, and the request it was signed for; `null` in what was stored before both were kept. */
  readonly signedAt: Date | null;
  readonly requestId: string | null;
  /** The raw body, for the record. */
  readonly rawBody: string;
  /** Digest of what is signed (id, request id, signature): the same delivery again is counted, not worked on twice. */
  readonly dedupeKey: string;
};

/** A notification, and how often it was delivered. */
export type CountedNotice = Notice & { readonly deliveries: number };

/** Notifications waiting to be worked on. */
export type NoticeStore = {
  /**
   * `duplicate` when the same dedupe key is already there (its delivery count rises). With `leaseMs` a notice that is
   * new is claimed as it is written, by whoever stores it.
   */
  readonly store: (notice: Notice, options?: { readonly leaseMs?: number }) => Promise<"stored" | "duplicate">;
  readonly claim: (options: { readonly limit: number; readonly leaseMs: number }) => Promise<readonly Notice[]>;
  /** `done` ends it; a number of ms puts it back for later. */
  readonly settle: (id: Id, next: "done" | number) => Promise<void>;
  /** Those of these ids that are still kept, in one query, in no order; none for an empty list. */
  readonly listByIds: (ids: readonly Id[]) => Promise<readonly CountedNotice[]>;
};
