import {
  type App,
  type Caller,
  callerOf,
  ENROLMENT_ACR,
  EVERYBODY,
  houseProblem,
  problemResponses,
} from "@comanda/service-kit";
import { Type } from "typebox";
import type { Person } from "../domain/person.ts";
import { lesserRole } from "../domain/staff-rank.ts";
import type { NoteDevice } from "../use-cases/device-presence.ts";
import { viewOfIdentified, viewOfPerson } from "./views.ts";

/** Reads a person, from memory where they were seen within seconds. */
export type ReadPerson = (id: string) => Promise<Person | null>;

type Deps = { readonly readPerson: ReadPerson; readonly noteDevice: NoteDevice };

// `type: [...]` and no union: the serializer of this hottest of routes then needs no look at a schema per value.
const TextOrNull = Type.Unsafe<string | null>({ type: ["string", "null"] });

const Identity = Type.Object(
  {
    id: Type.String({ description: "UUID of a person or device, name of a service" }),
    role: Type.String(),
    level: Type.Optional(Type.String({ description: "Customers only" })),
    name: TextOrNull,
    email: TextOrNull,
    cpf: TextOrNull,
    scope: Type.String(),
    expires_at: Type.String({ description: "RFC 3339" }),
  },
  {
    examples: [
      {
        id: "019a9d2e-4c1b-7f3a-9b1e-0c8a5d2f6e10",
        role: "customer",
        level: "registered",
        name: "Ana Souza",
        email: "ana@exemplo.com.br",
        cpf: "***.982.247-**",
        scope: "customer:registered",
        expires_at: "2026-11-22T15:28:00.000Z",
      },
    ],
  },
);

const schema = {
  operationId: "check-token",
  tags: ["tokens"],
  summary: "Say whose token this is",
  description:
    "For forward authentication (nginx `auth_request`, Traefik ForwardAuth, Envoy): 200 with `X-Auth-Subject` and `X-Auth-Role`, else 401.",
  response: { 200: Identity, ...problemResponses(["unauthenticated", "internal", "unavailable"]) },
} as const;

/** `GET /auth` */
export function checkTokenRoute(app: App, deps: Deps): void {
  app.get("/auth", { config: { access: EVERYBODY }, schema }, async (request, reply) => {
    const caller = callerOf(request);
    if (caller.role === "device") deps.noteDevice(caller.id);
    const known = await knownOf(caller, deps);
    reply.headers({ "x-auth-subject": caller.id, "x-auth-role": caller.role, "cache-control": "no-store" });
    return {
      id: caller.id,
      role: caller.role,
      ...(caller.level === null ? {} : { level: caller.level }),
      ...known,
      scope: caller.scope,
      expires_at: caller.expiresAt.toISOString(),
    };
  });
}

const NOTHING_PERSONAL = { name: null, email: null, cpf: null };

/** A token outlives neither its person nor their role. */
async function knownOf(caller: Caller, { readPerson }: Deps) {
  if (caller.role === "service" || caller.role === "device") return NOTHING_PERSONAL;
  const person = await readPerson(caller.id);
  if (person === null || !holdsRole(person, caller)) {
    throw houseProblem("unauthenticated", { headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
  }
  const { profile } = person;
  if (profile === null) return NOTHING_PERSONAL;
  const { name, email, cpf } = caller.level === "identified" ? viewOfIdentified(person) : viewOfPerson(person);
  return { name, email, cpf };
}

/** Whether what a good token says of its person holds still: they are there, in that role. */
export async function isStillTrue(caller: Caller, readPerson: ReadPerson): Promise<boolean> {
  if (caller.role === "service" || caller.role === "device") return true;
  if (caller.acr === ENROLMENT_ACR) return false;
  const person = await readPerson(caller.id);
  return person !== null && holdsRole(person, caller);
}

/** By PIN one is no more than the screen allows, whatever one is elsewhere. */
function holdsRole(person: Person, caller: Caller): boolean {
  if (person.role === caller.role) return true;
  const lesser = caller.role === "kitchen" || caller.role === "cashier" ? caller.role : null;
  if (caller.acr !== "pin" || lesser === null || person.role === "customer") return false;
  return lesserRole(person.role, lesser) === lesser;
}
