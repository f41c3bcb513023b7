import { isIP } from "node:net";
import { type Clock, makeTwoValues, type WhichValue } from "@comanda/primitives";
import type { Log } from "@comanda/service-kit";
import { createTransport, type Transporter } from "nodemailer";
import type { SendMail } from "./letter.ts";
import { makeFolderMailer } from "./letter-folder.ts";

const TIMEOUT_MS = 10_000;

/**
 * Letters over SMTP; `url` as `smtps://user:password@host:465`, or `smtp://…:587` for a server that begins in the clear.
 * To any other machine that one must change to TLS before it is told anything: somebody on the way could take its offer
 * out. `?requireTLS=false` is for a server within walls of one's own.
 *
 * Whose user and password at `url` the server refuses goes to `previousUrl`, while these are changed: nothing of the letter
 * was said by then, so that it cannot arrive twice.
 */
export function makeSmtpMailer(options: {
  readonly url: string;
  readonly previousUrl?: string | undefined;
  readonly from: string;
  /** Told when another of the two is taken than the last time. */
  readonly onChange?: (which: WhichValue) => void;
}): SendMail {
  const { url, previousUrl, from, onChange = () => undefined } = options;
  const transports = makeTwoValues({
    present: transportTo(url),
    previous: previousUrl === undefined ? undefined : transportTo(previousUrl),
    onChange,
  });
  return async ({ to, subject, text }) => {
    // Not as text: nothing in an address is to be read as a second one.
    const letter = { from, to: { name: "", address: to }, subject, text };
    let refusal: unknown;
    for (const { which, value: transport } of transports.inOrder()) {
      try {
        await transport.sendMail(letter);
        transports.note(which, "taken");
        return "handed-over";
      } catch (error) {
        if (isRefusedAddress(error)) {
          transports.note(which, "taken");
          return "refused";
        }
        if (!isRefusedSignIn(error)) throw error;
        transports.note(which, "refused");
        refusal = error;
      }
    }
    throw refusal;
  };
}

function transportTo(url: string): Transporter {
  return createTransport({
    requireTLS: !isLoopback(new URL(url).hostname),
    // What the address itself says goes before the above.
    url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** The server does not know who we are: the code of the library for every refusal of a sign-in (535 and its like). */
function isRefusedSignIn(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAUTH";
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
    readonly SMTP_URL_PREVIOUS?: string | undefined;
    readonly MAIL_FROM?: string | undefined;
    readonly MAIL_FOLDER?: string | undefined;
  },
  { clock, log }: { readonly clock: Clock; readonly log: Pick<Log, "info" | "warn"> },
): SendMail | null {
  const { SMTP_URL: url, MAIL_FROM: from = "Comanda <nao-responda@comanda.local>", MAIL_FOLDER: directory } = settings;
  if (url !== undefined) {
    const onChange = (which: WhichValue) => {
      if (which === "present") log.info("the mail server takes the present sign-in");
      else log.warn("the mail server refuses the present sign-in; the one before it is in use");
    };
    return makeSmtpMailer({ url, previousUrl: settings.SMTP_URL_PREVIOUS, from, onChange });
  }
  return directory === undefined ? null : makeFolderMailer({ directory, clock });
}
