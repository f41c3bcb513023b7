import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, newId } from "@comanda/primitives";
import { createTransport } from "nodemailer";

/** A letter of plain words to one person. */
export type Letter = { readonly to: string; readonly subject: string; readonly text: string };

/** Sends a letter. @throws Error when it could not be handed over; its message may hold the address */
export type SendMail = (letter: Letter) => Promise<void>;

const TIMEOUT_MS = 10_000;

/** Letters over SMTP; `url` as `smtps://user:password@host:465`. */
export function makeSmtpMailer(options: { readonly url: string; readonly from: string }): SendMail {
  const transport = createTransport({
    url: options.url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async (letter) => {
    await transport.sendMail({ from: options.from, ...letter });
  };
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
