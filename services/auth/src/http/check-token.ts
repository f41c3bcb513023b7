import {
  type App,
  type Caller,
  callerOf,
  ENROLMENT_ACR,
  EVERYBODY,
  houseProblem,
  problemResponses,
  type ReadyAnswer,
  readyAnswer,
  readyRoute,
} from "@comanda/service-kit";
import { type Static, Type } from "typebox";
import type { Person } from "../domain/person.ts";
import { lesserRole } from "../domain/staff-rank.ts";
import type { ReadPerson } from "../storage/person-cache.ts";
import type { NoteDevice } from "../use-cases/device-presence.ts";
import { viewOfIdentified, viewOfPerson } from "./views.ts";

type Deps = { readonly readPerson: ReadPerson; readonly noteDevice: NoteDevice };

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

/**
 * `GET /auth`. Every request behind a proxy asks it, so a question that was asked before is answered without a promise
 * and with the text that was made then; the token itself and its revocation are looked at each time.
 */
export function checkTokenRoute(app: App, { readPerson, noteDevice }: Deps): void {
  const answerFor = makeAnswers();
  readyRoute(app, "/auth", {
    access: EVERYBODY,
    schema,
    answer: (request) => {
      const caller = callerOf(request);
      if (caller.role === "device") noteDevice(caller.id);
      const person = caller.role === "service" || caller.role === "device" ? NOBODY : readPerson(caller.id);
      return person instanceof Promise ? person.then((read) => answerFor(caller, read)) : answerFor(caller, person);
    },
  });
}

/** Services and devices are no people. */
const NOBODY = "nobody";
type Holder = Person | typeof NOBODY | null;

/** Answers by the caller that a token stands for; each holds for whom the reader has since given as the very same. */
function makeAnswers() {
  const made = new WeakMap<Caller, { readonly holder: Holder; readonly answer: ReadyAnswer }>();
  return function answerFor(caller: Caller, holder: Holder): ReadyAnswer {
    const before = made.get(caller);
    if (before !== undefined && before.holder === holder) return before.answer;
    const { id, role } = caller;
    const answer = readyAnswer(viewOf(caller, holder), { "x-auth-subject": id, "x-auth-role": role });
    made.set(caller, { holder, answer });
    return answer;
  };
}

function viewOf(caller: Caller, holder: Holder): Static<typeof Identity> {
  return {
    id: caller.id,
    role: caller.role,
    ...(caller.level === null ? {} : { level: caller.level }),
    ...knownOf(caller, holder),
    scope: caller.scope,
    expires_at: caller.expiresAt.toISOString(),
  };
}

const NOTHING_PERSONAL = { name: null, email: null, cpf: null };

/** A token outlives neither its person nor their role. */
function knownOf(caller: Caller, holder: Holder) {
  if (holder === NOBODY) return NOTHING_PERSONAL;
  if (holder === null || !holdsRole(holder, caller)) {
    throw houseProblem("unauthenticated", { headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
  }
  if (holder.profile === null) return NOTHING_PERSONAL;
  const { name, email, cpf } = caller.level === "identified" ? viewOfIdentified(holder) : viewOfPerson(holder);
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
