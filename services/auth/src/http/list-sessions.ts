import { noteShown } from "@comanda/audit";
import type { Clock } from "@comanda/primitives";
import {
  type App,
  callerOf,
  houseProblem,
  IdSchema,
  InstantSchema,
  Nullable,
  PageOf,
  pageQuery,
  problemResponses,
  STAFF,
} from "@comanda/service-kit";
import { Type } from "typebox";
import { type Db, findSessionIdOfAccessToken, listSessions } from "../storage/sessions.ts";
import { pageOf, readCursor } from "./page-cursor.ts";

const Item = Type.Object(
  {
    id: Type.String({ format: "uuid" }),
    current: Type.Boolean({ description: "Whether it is the one that asks" }),
    created_at: InstantSchema,
    last_used_at: InstantSchema,
    expires_at: Nullable(InstantSchema),
    signed_in_by: Nullable(Type.Enum(["password", "mfa", "pin"], { description: "Staff only" })),
    agent: Nullable(Type.String({ description: "Browser and system, in short" })),
    device: Nullable(Type.String({ description: "The paired screen, with a PIN" })),
  },
  {
    examples: [
      {
        id: "019a9d2e-4c1b-7f3a-9b1e-0c8a5d2f6e10",
        current: true,
        created_at: "2026-11-22T14:28:00.000Z",
        last_used_at: "2026-11-22T15:02:41.000Z",
        expires_at: "2026-11-23T02:28:00.000Z",
        signed_in_by: "mfa",
        agent: "Firefox, Android",
        device: null,
      },
    ],
  },
);

const schema = {
  operationId: "list-sessions",
  tags: ["customers"],
  summary: "List the sessions that can still be used: one's own, or anybody's as administrator",
  querystring: Type.Object({ ...pageQuery, subject: Type.Optional(IdSchema) }),
  response: {
    200: PageOf(Item),
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "validation-failed", "internal", "unavailable"]),
  },
} as const;

/** `GET /customers/sessions` */
export function listSessionsRoute(app: App, { db, clock }: { readonly db: Db; readonly clock: Clock }): void {
  const config = { access: ["customer", ...STAFF], audit: "list-sessions" } as const;
  app.get("/customers/sessions", { config, schema }, async (request, reply) => {
    const caller = callerOf(request);
    // Who only typed a CPF sees nothing of the person it belongs to.
    if (caller.role === "customer" && caller.level !== "registered") throw houseProblem("forbidden");
    const { limit, cursor } = request.query;
    const subject = request.query.subject?.toLowerCase() ?? caller.id;
    if (subject === caller.id) request.audit.leaveOut();
    request.audit.add({ target: { kind: "customers", id: subject } });
    if (subject !== caller.id && caller.role !== "admin") throw houseProblem("not-found");
    const before = cursor === undefined ? undefined : readCursor(cursor);
    const found = await listSessions(db, { subject, now: clock.now(), before, limit: limit + 1 });
    const current = await findSessionIdOfAccessToken(db, caller.tokenId);
    const page = pageOf(found, limit);
    noteShown(request, { items: page.items });
    reply.header("cache-control", "no-store");
    const items = page.items.map((session) => ({
      id: session.id,
      current: session.id === current,
      created_at: session.createdAt.toISOString(),
      last_used_at: session.lastUsedAt.toISOString(),
      expires_at: session.expiresAt?.toISOString() ?? null,
      signed_in_by: session.proof,
      agent: session.agent,
      device: session.deviceName,
    }));
    return { ...page, items };
  });
}
