import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Clock } from "@comanda/primitives";
import { type Caller, DEVICE_KINDS, LEVELS, Nullable, ROLES } from "@comanda/service-kit";
import { Type } from "typebox";
import { Value } from "typebox/value";

/** Gives out and reads the tickets of the live streams. */
export type StreamTickets = {
  readonly issue: (caller: Caller) => string;
  /** The caller it was given to; `null` for one that is forged, altered, or over. */
  readonly read: (ticket: string) => Caller | null;
};

/** Seconds a ticket opens a stream; the stream itself lives on. */
export const TICKET_EXPIRES_IN = 60;

const Payload = Type.Object({
  expires_at: Type.Integer(),
  id: Type.String(),
  role: Type.Enum(ROLES),
  level: Nullable(Type.Enum(LEVELS)),
  kind: Nullable(Type.Enum(DEVICE_KINDS)),
  client_id: Type.String(),
  scope: Type.String(),
  token_id: Type.String(),
  key_id: Type.String(),
  token_issued_at: Type.Integer(),
  token_expires_at: Type.Integer(),
});

/**
 * Tickets stand for a caller in the address of a stream, where an access token must never be: browsers cannot set
 * headers on an EventSource, and addresses end up in logs. Nothing is stored: a ticket is signed with a key made from
 * the service's secret for this purpose alone, so any process can read it, and it opens nothing else.
 */
export function createStreamTickets(options: {
  readonly secret: string;
  /** The secret before it: a ticket given out under that one opens its stream all the same. */
  readonly previousSecret?: string | undefined;
  readonly clock: Clock;
}): StreamTickets {
  const { secret, previousSecret, clock } = options;
  const sign = signerOf(secret);
  const signers = previousSecret === undefined ? [sign] : [sign, signerOf(previousSecret)];

  return {
    issue: (caller) => {
      const payload = encode(caller, clock.now().getTime() + TICKET_EXPIRES_IN * 1000);
      return `${payload}.${sign(payload).toString("base64url")}`;
    },
    read: (ticket) => {
      const [payload = "", signature = "", ...rest] = ticket.split(".");
      const given = Buffer.from(signature, "base64url");
      const isOurs = signers.some((signedBy) => isSame(given, signedBy(payload)));
      if (rest.length > 0 || !isOurs) return null;
      const content: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
      if (!Value.Check(Payload, content)) return null;
      const nowMs = clock.now().getTime();
      if (content.expires_at <= nowMs || content.token_expires_at <= nowMs) return null;
      return {
        id: content.id,
        role: content.role,
        level: content.level,
        kind: content.kind,
        // Nothing is ordered by a ticket.
        deviceId: null,
        clientId: content.client_id,
        // Whoever has a ticket has passed the check of their token.
        acr: null,
        scope: content.scope,
        tokenId: content.token_id,
        keyId: content.key_id,
        issuedAt: new Date(content.token_issued_at),
        expiresAt: new Date(content.token_expires_at),
      };
    },
  };
}

function signerOf(secret: string): (payload: string) => Buffer {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "comanda/order/stream-ticket/v1", 32));
  return (payload) => createHmac("sha256", key).update(payload).digest();
}

function isSame(given: Buffer, right: Buffer): boolean {
  return given.length === right.length && timingSafeEqual(given, right);
}

function encode(caller: Caller, expiresAtMs: number): string {
  const payload = {
    expires_at: expiresAtMs,
    id: caller.id,
    role: caller.role,
    level: caller.level,
    kind: caller.kind,
    client_id: caller.clientId,
    scope: caller.scope,
    token_id: caller.tokenId,
    key_id: caller.keyId,
    token_issued_at: caller.issuedAt.getTime(),
    token_expires_at: caller.expiresAt.getTime(),
  };
  return Buffer.from(JSON.stringify(payload)).toString("base64url");
}
