import { setTimeout as delay } from "node:timers/promises";
import type { Settings } from "../start/settings.ts";
import { StartFailure } from "../start/start-failure.ts";
import { openSession, reach } from "./session.ts";
import type { Report } from "./summary.ts";

/** The running system, as an administrator of it. */
export type Payments = {
  /** Asks for the comparison and waits until it has ended. @throws StartFailure when it could not be made */
  readonly compare: (date: string) => Promise<Report>;
  /** The differences as a table. */
  readonly tableOf: (id: string) => Promise<string>;
};

const POLL_MS = 500;
/** 10,000 charges take ten minutes; who asks for more waits longer than a person does. */
const PATIENCE_MS = 30 * 60_000;

/**
 * Signs in at the running system: with `COMANDA_TOKEN`, else as the administrator whom `npm start` made.
 * @throws StartFailure when it does not run, or does not let us in
 */
export async function openPayments(settings: Settings, { mfa }: { readonly mfa: string | null }): Promise<Payments> {
  const session = await openSession(settings, { mfa });
  const call = async (path: string, more: RequestInit = {}) => {
    const authorization = `Bearer ${await session.token()}`;
    return reach(settings, path, { ...more, headers: { ...more.headers, authorization } });
  };

  return {
    compare: async (date) => {
      const asked = await call("/payments/reconciliations", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ date }),
      });
      const deadline = Date.now() + PATIENCE_MS;
      for (let run = await reportOf(asked); ; run = await reportOf(await call(`/payments/reconciliations/${run.id}`))) {
        if (run.status === "done" && run.items !== undefined) return run;
        if (run.status === "failed" || run.reason !== null || Date.now() > deadline) throw notCompared(run);
        if (run.status !== "done") await delay(POLL_MS);
      }
    },
    tableOf: async (id) => {
      const answer = await call(`/payments/reconciliations/${id}`, { headers: { accept: "text/csv" } });
      if (!answer.ok) throw await refused(answer);
      return answer.text();
    },
  };
}

async function reportOf(answer: Response): Promise<Report> {
  if (!answer.ok) throw await refused(answer);
  return (await answer.json()) as Report; // the payment service's own schema (openapi.json)
}

async function refused(answer: Response): Promise<StartFailure> {
  const body = (await answer.json().catch(() => ({}))) as { detail?: unknown }; // a problem, or nothing we know
  const detail = typeof body.detail === "string" ? body.detail : "";
  return new StartFailure({
    pt: `A Comanda recusou (resposta ${answer.status}). ${detail}`.trim(),
    en: `Comanda refused (${answer.status}).`,
  });
}

function notCompared({ status, reason }: Report): StartFailure {
  const why = reason ?? "demorou demais";
  const next =
    status === "failed"
      ? "Peça de novo quando o motivo tiver passado."
      : "O sistema tenta de novo sozinho em alguns minutos; peça de novo para ver o resultado.";
  return new StartFailure({
    pt: `A conciliação não pôde ser feita: ${why}.\n${next}`,
    en: `Nothing could be compared: ${reason ?? "it took too long"}.`,
  });
}
