import { randomBytes, randomUUID } from "node:crypto";
import { ulid } from "ulid";
import type { Table } from "./storage/store.ts";

/** Makes the ids of everything the sandbox holds, in the shapes Mercado Pago gives them. */
export type Ids = {
  order: (nowMs: number) => string;
  payment: (nowMs: number) => string;
  refund: (nowMs: number) => string;
  /** Numeric id of 12 digits: payments, refunds, merchant orders, stores, tills. Never reused, restarts included. */
  number: () => number;
  uuid: () => string;
};

/** Shape of an order's id, test orders included. */
export const orderIdPattern = /^ORD(TST)?[0-9A-HJKMNP-TV-Z]{26}$/;

const firstNumber = 137_000_000_001;
const reservedAtOnce = 1000;

/** What the ids need to remember: the first number nobody has used. */
export type IdSettings = { nextNumber: number };

/** Numbers are reserved on disk by the thousand, so that a crash skips some instead of repeating any. */
export const makeIds = (settings: Table<IdSettings>): Ids => {
  const random = makeRandom();
  let range: { next: number; end: number } | null = null;
  const reserve = () => {
    const next = settings.get("ids")?.nextNumber ?? firstNumber;
    settings.put("ids", { nextNumber: next + reservedAtOnce });
    return { next, end: next + reservedAtOnce };
  };
  return {
    order: (nowMs) => `ORDTST${ulid(nowMs, random)}`,
    payment: (nowMs) => `PAY${ulid(nowMs, random)}`,
    refund: (nowMs) => `REF${ulid(nowMs, random)}`,
    number: () => {
      if (range === null || range.next === range.end) range = reserve();
      range.next += 1;
      return range.next - 1;
    },
    uuid: randomUUID,
  };
};

/** Random numbers from 0 to 1 for a ULID's digits. It asks for sixteen each, so they are drawn by the pool. */
const makeRandom = (): (() => number) => {
  let [pool, at] = [randomBytes(4096), 0];
  return () => {
    if (at === pool.length) [pool, at] = [randomBytes(4096), 0];
    at += 1;
    return (pool[at - 1] ?? 0) / 256;
  };
};
