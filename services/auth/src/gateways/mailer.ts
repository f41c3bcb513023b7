import { mkdir, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { type Clock, newId } from "@comanda/primitives";
import { createTransport } from "nodemailer";

/** A letter of plain words to one person. */
export type Letter = { readonly to: string; readonly subject: string; readonly text: string };

/**
 * Hands a letter over. `refused`: the server takes none for this address, now or later.
 * @throws Error when it could not be handed over and may be later; its message may hold the address
 */
export type SendMail = (letter: Letter) => Promise<"handed-over" | "refused">;

const TIMEOUT_MS = 10_000;

/**
 * Letters over SMTP; `url` as `smtps://user:password@host:465`, or `smtp://…:587` for a server that begins in the clear.
 * To any other machine that one must change to TLS before it is told anything: somebody on the way could take its offer
 * out. `?requireTLS=false` is for a server within walls of one's own.
 */
export function makeSmtpMailer(options: { readonly url: string; readonly from: string }): SendMail {
  const transport = createTransport({
    requireTLS: !isLoopback(new URL(options.url).hostname),
    // What the address itself says goes before the above.
    url: options.url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async ({ to, subject, text }) => {
    try {
      // Not as text: nothing in an address is to be read as a second one.
      await transport.sendMail({ from: options.from, to: { name: "", address: to }, subject, text });
      return "handed-over";
    } catch (error) {
      if (isRefusedAddress(error)) return "refused";
      throw error;
    }
  };
}

/** Of all that a server can say no to (who we are, our password, the sender), only this is about the letter. */
function isRefusedAddress(error: unknown): boolean {
  if (!(error instanceof Error) || !("rejected" in error) || !("permanent" in error)) return false;
  return Array.isArray(error.rejected) && error.rejected.length > 0 && error.permanent === true;
}

function isLoopback(hostname: string): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, "$1");
  return address === "localhost" || address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}

/** Letters as files that only the owner of the process can read: for a machine without a mail server. */
export function makeFolderMailer(options: { readonly directory: string; readonly clock: Clock }): SendMail {
  return async ({ to, subject, text }) => {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    const date = options.clock.now().toISOString();
    const name = `${date.replaceAll(/[:.]/g, "-")}-${newId()}.txt`;
    await writeFile(join(options.directory, name), `Para: ${to}\nAssunto: ${subject}\nData: ${date}\n\n${text}\n`, {
      mode: 0o600,
    });
    return "handed-over";
  };
}

/** The mailer that the settings ask for; `null` when there is no way to send anything. */
export function makeMailer(
  settings: {
    readonly SMTP_URL?: string | undefined;
    readonly MAIL_FROM?: string | undefined;
    readonly MAIL_FOLDER?: string | undefined;
  },
  clock: Clock,
): SendMail | null {
  const { SMTP_URL: url, MAIL_FROM: from = "Comanda <nao-responda@comanda.local>", MAIL_FOLDER: directory } = settings;
  if (url !== undefined) return makeSmtpMailer({ url, from });
  return directory === undefined ? null : makeFolderMailer({ directory, clock });
}
