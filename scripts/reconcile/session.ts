import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../start/settings.ts";
import { StartFailure } from "../start/start-failure.ts";

/** An administrator's session at the running system. */
export type Session = {
  /** A token that is good for a while. @throws StartFailure when the session is over */
  readonly token: () => Promise<string>;
};

type Pair = { readonly token: string; readonly refreshToken: string; readonly endsAtMs: number };

/** A big comparison takes longer than a token of staff lives (docs/adr/0020). */
const RENEW_BEFORE_MS = 120_000;

/**
 * Signs in: with `COMANDA_TOKEN`, else as the administrator whom `npm start` made; from then on the session renews
 * itself, for a code of the second factor is good once.
 * @throws StartFailure when the system does not run, or does not let us in
 */
export async function openSession(
  settings: Settings,
  { mfa, nowMs = Date.now }: { readonly mfa: string | null; readonly nowMs?: () => number },
): Promise<Session> {
  const given = settings.environment["COMANDA_TOKEN"];
  if (given !== undefined) return { token: async () => given };
  const form = new URLSearchParams({ username: settings.adminEmail, password: passwordOf(settings) });
  if (mfa !== null) form.set("mfa_code", mfa);
  let pair = await askForPair(settings, form, nowMs());
  return {
    token: async () => {
      if (pair.endsAtMs - nowMs() > RENEW_BEFORE_MS) return pair.token;
      const renewal = new URLSearchParams({ grant_type: "refresh_token", refresh_token: pair.refreshToken });
      pair = await askForPair(settings, renewal, nowMs());
      return pair.token;
    },
  };
}

async function askForPair(settings: Settings, form: URLSearchParams, nowMs: number): Promise<Pair> {
  const answer = await reach(settings, "/token", { method: "POST", body: form });
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok && isPair(body)) {
    return { token: body.access_token, refreshToken: body.refresh_token, endsAtMs: nowMs + body.expires_in * 1000 };
  }
  if (typeof body === "object" && body !== null && "reason" in body) {
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

type PairAnswer = { readonly access_token: string; readonly refresh_token: string; readonly expires_in: number };

function isPair(body: unknown): body is PairAnswer {
  if (typeof body !== "object" || body === null) return false;
  if (!("access_token" in body && "refresh_token" in body && "expires_in" in body)) return false;
  const { access_token: token, refresh_token: refreshToken, expires_in: seconds } = body;
  return typeof token === "string" && typeof refreshToken === "string" && typeof seconds === "number";
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

/** @throws StartFailure when nobody answers */
export async function reach({ urls }: Settings, path: string, request: RequestInit): Promise<Response> {
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
