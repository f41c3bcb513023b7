import { noteAct } from "@comanda/audit";
import type { Clock } from "@comanda/primitives";
import { type App, callerOf, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { CONSENT_PURPOSES, CONSENT_TEXTS, standingOf } from "../domain/consent.ts";
import { authProblems } from "../problems.ts";
import { appendConsent, listConsents } from "../storage/consents.ts";
import { findPerson, type People } from "../storage/people.ts";
import { actAndNote } from "../use-cases/act-and-note.ts";
import { ConsentSchema, viewOfConsent } from "./consent-view.ts";
import { ownData } from "./own-data.ts";

type Deps = { readonly people: People; readonly clock: Clock };

const refusals = problemResponses(
  ["unauthenticated", "verification-needed", "forbidden", "not-found", "validation-failed", "internal", "unavailable"],
  authProblems,
);

const listSchema = {
  operationId: "list-consents",
  tags: ["consents"],
  summary: "What a person agreed to and took back, purpose by purpose",
  params: IdParams,
  response: {
    200: Type.Object({
      items: Type.Array(
        Type.Object({
          purpose: Type.Enum(CONSENT_PURPOSES),
          given: Type.Boolean({ description: "As it stands now" }),
          text: Type.String({ description: "The words that are shown now" }),
          version: Type.String(),
        }),
      ),
      ledger: Type.Array(ConsentSchema, { description: "Oldest first; only ever added to" }),
    }),
    ...refusals,
  },
} as const;

const recordSchema = {
  operationId: "record-consent",
  tags: ["consents"],
  summary: "Agree to one purpose, or take it back",
  description:
    "Taking back is as easy as giving (LGPD art. 8 §5) and holds from now on: without `recognition` a CPF recognises nobody.",
  params: IdParams,
  body: Type.Object(
    { purpose: Type.Enum(CONSENT_PURPOSES), given: Type.Boolean() },
    { examples: [{ purpose: "marketing", given: false }] },
  ),
  response: {
    201: ConsentSchema,
    ...problemResponses(["malformed-json", "body-too-large", "unsupported-media-type"]),
    ...refusals,
  },
} as const;

const access = ["customer", "admin"] as const;

/** `GET` and `POST /customers/{id}/consents` */
export function consentRoutes(app: App, { people, clock }: Deps): void {
  app.get(
    "/customers/:id/consents",
    { config: { access, audit: "list-consents" }, schema: listSchema },
    async (request, reply) => {
      const { id } = ownData(callerOf(request), { params: request.params, needsProof: true });
      if ((await findPerson(people, id)) === null) throw houseProblem("not-found");
      const ledger = await listConsents(people.db, id);
      reply.header("cache-control", "no-store");
      return {
        items: CONSENT_PURPOSES.map((purpose) => {
          const given = standingOf(ledger, purpose)?.isGiven ?? false;
          return { purpose, given, ...CONSENT_TEXTS[purpose] };
        }),
        ledger: ledger.map(viewOfConsent),
      };
    },
  );

  app.post(
    "/customers/:id/consents",
    { config: { access, audit: "record-consent" }, schema: recordSchema },
    async (request, reply) => {
      const { id, caller } = ownData(callerOf(request), { params: request.params, needsProof: true });
      // There is nothing an anonymous guest could be recognised or written to by.
      if (caller.level === "anonymous") throw houseProblem("forbidden");
      const { purpose, given } = request.body;
      const { version } = CONSENT_TEXTS[purpose];
      const how = caller.id === id ? ("self" as const) : ("admin" as const);
      const consent = { purpose, version, isGiven: given, how, at: clock.now() };
      const note = noteAct(request, { kind: "customers", details: { purpose, given } });
      const isRecorded = await actAndNote(people.db, {
        act: (tx) => appendConsent(tx, id, consent),
        hadEffect: (isThere) => isThere,
        note: (tx) => note(tx, id),
      });
      if (!isRecorded) throw houseProblem("not-found");
      reply.code(201).header("cache-control", "no-store");
      return viewOfConsent(consent);
    },
  );
}
