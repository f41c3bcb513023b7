import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Settings } from "../start/settings.ts";
import { StartFailure } from "../start/start-failure.ts";
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
  const token = settings.environment["COMANDA_TOKEN"] ?? (await signIn(settings, mfa));
  const call = (path: string, more: RequestInit = {}) =>
    reach(settings, path, { ...more, headers: { ...more.headers, authorization: `Bearer ${token}` } });

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

async function signIn(settings: Settings, mfa: string | null): Promise<string> {
  const form = new URLSearchParams({ username: settings.adminEmail, password: passwordOf(settings) });
  if (mfa !== null) form.set("mfa_code", mfa);
  const answer = await reach(settings, "/token", { method: "POST", body: form });
  const body = (await answer.json().catch(() => ({}))) as { access_token?: unknown; reason?: unknown }; // checked below
  if (answer.ok && typeof body.access_token === "string") return body.access_token;
  if (body.reason === "mfa_required" || body.reason === "mfa_wrong") {
    throw new StartFailure({
      pt: `${settings.adminEmail} entra com um segundo fator: repita com --mfa e o código do aplicativo.`,
      en: `${settings.adminEmail} signs in with a second factor: repeat with --mfa and the app's code.`,
    });
  }
  throw new StartFailure({
    pt: `${settings.adminEmail} não conseguiu entrar (resposta ${answer.status}). Se a senha mudou, informe ADMIN_EMAIL e ADMIN_PASSWORD, ou um token de administrador em COMANDA_TOKEN.`,
    en: `${settings.adminEmail} could not sign in (${answer.status}). Set ADMIN_EMAIL and ADMIN_PASSWORD, or an administrator's token as COMANDA_TOKEN.`,
  });
}

/** The password given by the environment, else the one that `npm start` made and keeps. */
function passwordOf({ environment, dataDir, dataDirShown }: Settings): string {
  const given = environment["ADMIN_PASSWORD"];
  if (given !== undefined) return given;
  const givenFile = environment["ADMIN_PASSWORD_FILE"];
  if (givenFile !== undefined) return readFileSync(givenFile, "utf8").trim();
  const file = join(dataDir, "admin.txt");
  const kept = existsSync(file) ? /^Senha: (.+)$/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
  if (kept !== undefined) return kept;
  throw new StartFailure({
    pt: `Não há administrador em ${dataDirShown}: rode npm start primeiro, ou informe DATA_DIR, ADMIN_PASSWORD ou COMANDA_TOKEN.`,
    en: `There is no administrator in ${dataDirShown}: run npm start first, or set DATA_DIR, ADMIN_PASSWORD or COMANDA_TOKEN.`,
  });
}

async function reach({ urls }: Settings, path: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(`${urls.gateway}${path}`, { ...request, signal: AbortSignal.timeout(15_000) });
  } catch (cause) {
    throw new StartFailure(
      {
        pt: `A Comanda não responde em ${urls.gateway}. Ela está rodando? Use npm start em outro terminal (ou informe WEB_PORT).`,
        en: `Comanda does not answer at ${urls.gateway}. Is it running? Use npm start in another terminal (or set WEB_PORT).`,
      },
      { cause },
    );
  }
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
