import { isIP } from "node:net";
import type { Clock } from "@comanda/primitives";
import { createTransport } from "nodemailer";
import type { SendMail } from "./letter.ts";
import { makeFolderMailer } from "./letter-folder.ts";

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
