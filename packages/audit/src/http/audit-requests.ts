import { type Clock, isId, newId } from "@comanda/primitives";
import { type App, type Caller, type Role, STAFF } from "@comanda/service-kit";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Kysely } from "kysely";
import type { AuditDetails, AuditEntry, AuditOutcome } from "../entry.ts";
import { noteInAudit } from "../postgres-trail.ts";
import type { AuditTrail } from "../trail.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The name under which calls of this route stand in the audit trail; absent for what is not audited. */
    audit?: string;
    /** Writes an `asked` before the act as well: nothing moves that does not stand in the trail. */
    auditAhead?: true;
    /** The kind of thing whose id stands in the address, where that is not the address's first word. */
    auditKind?: string;
  }
  interface FastifyRequest {
    audit: AuditNote;
  }
}

/** What a handler adds to what the trail says of its request. */
export type AuditNote = {
  /** Says more: what was acted on, in which words, by whom when there is no token. What was said before stays. */
  readonly add: (facts: Partial<Pick<AuditEntry, "target" | "details" | "actor" | "action">>) => void;
  /**
   * Writes the entry as part of the act's own transaction, `ok`; without this it is written before the answer goes out.
   * Nothing happens on a route that is not audited.
   */
  readonly writeWithin: (write: (entry: AuditEntry) => Promise<void>) => Promise<void>;
  /** Nothing of this call is worth keeping, whatever comes of it: a person looks at their own data. */
  readonly leaveOut: () => void;
};

// 401 with somebody known: a code they were asked for is wrong.
const WORTH_KEEPING_OF_REFUSALS: ReadonlySet<number> = new Set([401, 403, 404, 409, 412]);
const STAFF_ROLES: ReadonlySet<Role> = new Set(STAFF);

/**
 * Audits the routes that declare `config.audit`: one entry for each call of the staff, or of a screen of theirs, that was done, was not
 * allowed, or broke. It is durable before the answer goes out, and when it cannot be written the answer is a failure:
 * nobody reads personal data unseen. To be called before the routes are added.
 */
export function useAudit(app: App, deps: { readonly trail: AuditTrail; readonly clock: Clock }): void {
  const notes = new WeakMap<FastifyRequest, Note>();
  const noteOf = (request: FastifyRequest): Note => {
    const note = notes.get(request) ?? makeNote(request, deps.clock);
    notes.set(request, note);
    return note;
  };
  app.decorateRequest("audit", {
    getter() {
      return noteOf(this);
    },
  });
  const askAhead = async (request: FastifyRequest) => {
    const entry = noteOf(request).ahead();
    if (entry !== null) await deps.trail.append(entry);
  };
  const close = async (request: FastifyRequest, reply: FastifyReply) => {
    const outcome = outcomeOf(reply);
    const entry = outcome === null ? null : noteOf(request).close(outcome);
    if (entry !== null) await deps.trail.append(entry);
  };
  // On the audited routes alone: a hook of the whole service would cost the hottest reads a promise each.
  app.addHook("onRoute", (route) => {
    if (route.config?.audit === undefined) return;
    if (route.config.auditAhead === true) route.preHandler = [askAhead, ...listOf(route.preHandler)];
    route.onSend = [close, ...listOf(route.onSend)];
  });
}

function listOf<Hook>(hooks: Hook | Hook[] | undefined): Hook[] {
  if (hooks === undefined) return [];
  return Array.isArray(hooks) ? hooks : [hooks];
}

/**
 * What a use-case calls at the end of its transaction, with the id of what it acted on: act and entry are one.
 * @param facts the kind of thing, and what else is worth saying
 */
export function noteAct(request: FastifyRequest, facts: { readonly kind: string; readonly details?: AuditDetails }) {
  return async <Schema>(tx: Kysely<Schema>, id: string, more: AuditDetails = {}): Promise<void> => {
    request.audit.add({ target: { kind: facts.kind, id }, details: { ...facts.details, ...more } });
    await request.audit.writeWithin((entry) => noteInAudit(tx, entry));
  };
}

type Note = AuditNote & {
  readonly ahead: () => AuditEntry | null;
  /** The entry that is still to be written; `null` when it has been, or when there is none. */
  readonly close: (outcome: AuditOutcome) => AuditEntry | null;
};

function makeNote(request: FastifyRequest, clock: Clock): Note {
  let facts: Partial<AuditEntry> = {};
  let state: "open" | "written" | "closed" = "open";

  function entryOf(outcome: AuditOutcome): AuditEntry | null {
    const action = facts.action ?? request.routeOptions.config.audit;
    const actor = facts.actor ?? actorOf(request.caller);
    if (action === undefined || actor === null) return null;
    return {
      id: newId(),
      at: clock.now(),
      action,
      outcome,
      actor,
      target: facts.target ?? targetOf(request),
      address: request.ip,
      requestId: request.id,
      details: facts.details ?? {},
    };
  }

  return {
    add: (more) => {
      facts = { ...facts, ...more, details: { ...facts.details, ...more.details } };
    },
    writeWithin: async (write) => {
      const entry = entryOf("ok");
      if (entry !== null) await write(entry);
      state = "written";
    },
    leaveOut: () => {
      state = "closed";
    },
    ahead: () => entryOf("asked"),
    close: (outcome) => {
      // A refusal after something was written in a transaction: that one was rolled back.
      const isWanted = state === "open" || (state === "written" && outcome !== "ok");
      state = "closed";
      return isWanted ? entryOf(outcome) : null;
    },
  };
}

function outcomeOf(reply: FastifyReply): AuditOutcome | null {
  // The first answer, said again: the act stands in the trail already.
  if (reply.getHeader("idempotency-replayed") !== undefined) return null;
  if (reply.statusCode < 400) return "ok";
  if (reply.statusCode >= 500) return "failed";
  return WORTH_KEEPING_OF_REFUSALS.has(reply.statusCode) ? "refused" : null;
}

/**
 * Only who works here is audited, and the screens they work at: guests act on their own, and there are thousands of them.
 * A totem is a guest's hand.
 */
function actorOf(caller: Caller | null): AuditEntry["actor"] {
  if (caller === null) return null;
  const { id, role, kind } = caller;
  if (role === "device") return kind === null || kind === "kiosk" ? null : { id, role: `device:${kind}` };
  return STAFF_ROLES.has(role) ? { id, role } : null;
}

function targetOf(request: FastifyRequest): AuditEntry["target"] {
  const { params } = request;
  const id: unknown = typeof params === "object" && params !== null && "id" in params ? params.id : undefined;
  const { url = "", config } = request.routeOptions;
  const kind = config.auditKind ?? url.split("/")[1] ?? "thing";
  // Whatever else stands there was written by the caller: it names nothing, may hold a CPF, and a null character would
  // make PostgreSQL refuse the entry.
  return typeof id === "string" && isId(id) ? { kind, id: id.toLowerCase() } : null;
}
