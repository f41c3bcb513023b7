import type { AuditTrail } from "@comanda/audit";
import { createHttpTransport, createPostgresOutbox, createRelay } from "@comanda/messaging";
import type { Clock } from "@comanda/primitives";
import { type App, type Figure, type Log, type Service, useFigures } from "@comanda/service-kit";
import type { Config } from "./config.ts";
import type { ErasingService } from "./domain/erasure.ts";
import { makeMailer } from "./gateways/mailer.ts";
import { makeReadHeld } from "./gateways/other-services.ts";
import { consentRoutes } from "./http/consents.ts";
import { correctCustomerRoute } from "./http/correct-customer.ts";
import { discloseCustomerRoute } from "./http/disclose-customer.ts";
import { eraseCustomerRoute } from "./http/erase-customer.ts";
import { exportCustomerRoute } from "./http/export-customer.ts";
import { makeNoteGuessing } from "./http/note-guessing.ts";
import type { AuthLimits } from "./http/rate-limits.ts";
import { readErasureRoute } from "./http/read-erasure.ts";
import { verifyCustomerRoutes } from "./http/verify-customer.ts";
import { noteErasedBy } from "./storage/erasures.ts";
import type { People } from "./storage/people.ts";
import { makeBeginSession } from "./use-cases/begin-session.ts";
import { makeCorrectCustomer } from "./use-cases/correct-customer.ts";
import { makeEraseCustomer } from "./use-cases/erase-customer.ts";
import { makeErasureTransport } from "./use-cases/erasure-transport.ts";
import { makeExportCustomer } from "./use-cases/export-customer.ts";
import type { IssueAccessToken } from "./use-cases/issue-access-token.ts";
import { makePostingLetters } from "./use-cases/post-letters.ts";
import { makePrivacyJobs, type PrivacyJobs } from "./use-cases/privacy-jobs.ts";
import { makeLetterFolderTidying, tidyLetterFolder } from "./use-cases/tidy-letter-folder.ts";
import { makeConfirmCode, makeSendCode } from "./use-cases/verify-customer.ts";

/** What the settings say of it; all of them have defaults. */
export type PrivacySettings = Partial<
  Pick<
    Config,
    "ORDER_URL" | "PAYMENT_URL" | "SMTP_URL" | "SMTP_URL_PREVIOUS" | "MAIL_FROM" | "MAIL_FOLDER" | "REPEAT_ERASURES"
  >
>;

type Deps = {
  readonly people: People;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: AuthLimits;
  readonly trail: AuditTrail;
  readonly settings: PrivacySettings;
  readonly shopName: string;
  readonly metrics: Service["metrics"];
  readonly issueAccessToken: IssueAccessToken;
  readonly noteRevocations: () => Promise<void>;
};

/** The tries of a day and more: a service that is away for a night must still hear of an erasure by itself. */
const ATTEMPTS_MAX = 5_000;

/** What people can ask about their own data, and the work behind it: codes by e-mail, erasures told to the others, jobs. */
export function addPrivacy(app: App, deps: Deps): { readonly start: () => void; readonly stop: () => Promise<void> } {
  const { people, clock, log, settings, issueAccessToken, noteRevocations } = deps;
  const { db } = people;
  const urls = {
    order: settings.ORDER_URL ?? "http://127.0.0.1:8001",
    payment: settings.PAYMENT_URL ?? "http://127.0.0.1:8002",
  };
  // Auth signs its own tokens: it has nobody to ask for them.
  const tokenFor = async (audience: ErasingService) =>
    (await issueAccessToken({ kind: "service", client: "auth", audience })).token;
  const relay = makeErasureRelay({ ...deps, urls, tokenFor });

  const sendMail = makeMailer(settings, { clock, log });
  const post = sendMail === null ? null : makePostingLetters({ people, clock, log, sendMail });
  const { MAIL_FOLDER: directory } = settings;
  const folder = directory === undefined ? null : { people, clock, log, directory };
  const tidying = folder === null ? null : makeLetterFolderTidying(folder);
  correctCustomerRoute(app, {
    correctCustomer: makeCorrectCustomer({ people, clock, wakePost: post?.wake ?? null }),
    limits: deps.limits,
  });
  eraseCustomerRoute(app, {
    eraseCustomer: makeEraseCustomer({
      people,
      clock,
      noteRevocations,
      wakeRelay: relay.wake,
      tidyLetters: async () => (folder === null ? undefined : tidyLetterFolder(folder)),
    }),
  });
  readErasureRoute(app, { db });
  exportCustomerRoute(app, {
    exportCustomer: makeExportCustomer({ people, clock, readHeld: makeReadHeld({ urls, tokenFor }) }),
  });
  discloseCustomerRoute(app, { people });
  consentRoutes(app, { people, clock });
  verifyCustomerRoutes(app, {
    sendCode: makeSendCode({ people, clock, shopName: deps.shopName, wakePost: post?.wake ?? null }),
    confirmCode: makeConfirmCode({
      people,
      clock,
      beginSession: makeBeginSession({ db, clock, issueAccessToken }),
      noteRevocations,
    }),
    limits: deps.limits,
    noteGuessing: makeNoteGuessing({ trail: deps.trail, clock }),
  });

  const jobs = makePrivacyJobs({
    people,
    trail: deps.trail,
    clock,
    log,
    repeatsErasures: settings.REPEAT_ERASURES ?? false,
    noteRevocations,
    wakeRelay: relay.wake,
  });
  useFigures(deps.metrics, { figures: [figureOfKeys(jobs)], log, clock });
  return {
    start: () => {
      relay.start();
      jobs.start();
      post?.start();
      tidying?.start();
    },
    stop: async () => {
      await Promise.all([relay.stop(), jobs.stop(), post?.stop(), tidying?.stop()]);
    },
  };
}

/** Tells order and payment of erasures until each has confirmed. */
function makeErasureRelay(
  deps: Pick<Deps, "people" | "clock" | "log"> & {
    readonly urls: Readonly<Record<ErasingService, string>>;
    readonly tokenFor: (audience: ErasingService) => Promise<string>;
  },
) {
  const { people, clock, log, urls, tokenFor } = deps;
  const { db } = people;
  const transportTo = (service: ErasingService) =>
    createHttpTransport({
      source: "/auth",
      routeOf: () => new URL("/events", urls[service]),
      token: () => tokenFor(service),
    });
  return createRelay({
    outbox: createPostgresOutbox(db),
    transport: makeErasureTransport({
      to: { order: transportTo("order"), payment: transportTo("payment") },
      noteErased: (id, service) => noteErasedBy(db, id, { service, at: clock.now() }),
    }),
    log,
    attemptsMax: ATTEMPTS_MAX,
  });
}

/** What an operator looks at before the former master key goes. */
function figureOfKeys(jobs: PrivacyJobs): Figure {
  return {
    name: "auth_rows_under_other_key",
    help: "People and invitations that stood under another key than PERSONAL_DATA_KEY in the last hourly round",
    read: async () => jobs.underOtherKey(),
  };
}
