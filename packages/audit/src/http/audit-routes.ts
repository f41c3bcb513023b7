import {
  type App,
  houseProblem,
  InstantSchema,
  Nullable,
  PageOf,
  pageQuery,
  problemResponses,
} from "@comanda/service-kit";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { AUDIT_OUTCOMES, type AuditHead, type AuditRow } from "../entry.ts";
import type { AuditTrail } from "../trail.ts";
import { AUDIT_FAULTS, verifyTrail } from "../verify.ts";

const Entry = Type.Object({
  seq: Type.Integer(),
  id: Type.String(),
  at: InstantSchema,
  action: Type.String(),
  outcome: Type.Enum(AUDIT_OUTCOMES),
  actor: Nullable(Type.Object({ id: Type.String(), role: Type.String() })),
  target: Nullable(Type.Object({ kind: Type.String(), id: Type.String() })),
  address: Nullable(Type.String()),
  request_id: Nullable(Type.String()),
  details: Type.Record(Type.String(), Type.Unknown()),
});

const Item = Type.Object({
  seq: Type.Integer({ description: "Place in the chain" }),
  hash: Type.String({ description: "SHA-256 of the hash before and `content`, in hex" }),
  content: Type.String({ description: "The hashed text, byte for byte" }),
  entry: Nullable(Entry),
});

const Query = Type.Object({
  ...pageQuery,
  cursor: Type.Optional(Type.String({ pattern: "^[1-9]\\d{0,14}$" })),
  action: Type.Optional(Type.String({ pattern: "^[a-z-]{1,60}$" })),
  outcome: Type.Optional(Type.Enum(AUDIT_OUTCOMES)),
  actor_id: Type.Optional(Type.String({ pattern: "^[\\w-]{1,60}$" })),
  target_id: Type.Optional(Type.String({ pattern: "^[\\w-]{1,80}$" })),
  from: Type.Optional(InstantSchema),
  to: Type.Optional(InstantSchema),
});

const place = { seq: Type.Integer(), hash: Type.String() };

const Verdict = Type.Object({
  is_intact: Type.Boolean(),
  rows: Type.Integer({ description: "Rows that are good, from the first one kept on" }),
  begins_after: Nullable(
    Type.Object(place, {
      description: "The last row that was cut off after five years; null where none was, or where a row is bad",
    }),
  ),
  head: Nullable(Type.Object(place)),
  first_bad: Nullable(Type.Object({ seq: Type.Integer(), fault: Type.Enum(AUDIT_FAULTS) })),
});

const problems = problemResponses(["unauthenticated", "forbidden", "validation-failed", "internal", "unavailable"]);

/**
 * `GET /audit/<service>` and `GET /audit/<service>/verification`, for administrators; reading is audited itself. Called
 * after `useAudit`.
 */
export function addAuditRoutes(
  app: App,
  { service, trail }: { readonly service: string; readonly trail: AuditTrail },
): void {
  const listing = {
    operationId: `list-${service}-audit`,
    tags: ["audit"],
    summary: "What was done by whom, newest first",
    description:
      "Rows are never changed, and cut off from the oldest on after five years; `content` and `hash` are what the chain is made of.",
    querystring: Query,
    response: { 200: PageOf(Item), ...problems },
  };
  app.get(
    `/audit/${service}`,
    { config: { access: ["admin"], audit: "read-audit" }, schema: listing },
    async (request, reply) => {
      const { limit, cursor, from, to, ...query } = request.query;
      const rows = await trail.list({
        limit: limit + 1,
        before: cursor === undefined ? undefined : Number(cursor),
        action: query.action,
        outcome: query.outcome,
        actorId: query.actor_id,
        targetId: query.target_id,
        from: from === undefined ? undefined : instantOf(from),
        to: to === undefined ? undefined : instantOf(to),
      });
      const page = rows.slice(0, limit);
      reply.header("cache-control", "no-store");
      return { items: page.map(viewOf), next_cursor: rows.length > limit ? String(page.at(-1)?.seq) : null };
    },
  );

  const verification = {
    operationId: `verify-${service}-audit`,
    tags: ["audit"],
    summary: "Whether the trail is as it was written",
    description: "Recomputes the whole chain and names the first row that was altered, removed or moved.",
    response: { 200: Verdict, ...problems },
  };
  const config = { access: ["admin"], audit: "verify-audit" } as const;
  app.get(`/audit/${service}/verification`, { config, schema: verification }, async (_request, reply) => {
    const verdict = await verifyTrail(trail);
    reply.header("cache-control", "no-store");
    return {
      is_intact: verdict.isIntact,
      rows: verdict.rows,
      begins_after: verdict.isIntact && verdict.anchor.seq > 0 ? viewOfPlace(verdict.anchor) : null,
      head: verdict.isIntact ? viewOfPlace(verdict.head) : null,
      first_bad: verdict.isIntact ? null : { seq: verdict.seq, fault: verdict.fault },
    };
  });
}

function viewOfPlace({ seq, hash }: AuditHead) {
  return { seq, hash: hash.toString("hex") };
}

function instantOf(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw houseProblem("validation-failed");
  return date;
}

function viewOf({ seq, hash, content }: AuditRow) {
  return { seq, hash: hash.toString("hex"), content, entry: readEntry(content) };
}

/** What the text says; `null` when somebody has broken it, which is shown as it stands. */
function readEntry(content: string): Static<typeof Entry> | null {
  try {
    const entry: unknown = JSON.parse(content);
    return Value.Check(Entry, entry) ? entry : null;
  } catch {
    return null;
  }
}
