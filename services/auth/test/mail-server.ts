import { once } from "node:events";
import { SMTPServer } from "smtp-server";

/** A letter as the server took it. */
export type TakenLetter = {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly isSecure: boolean;
  readonly user: string | null;
};

/** A real mail server, and all that came to it. */
export type MailServer = {
  readonly port: number;
  readonly letters: readonly TakenLetter[];
  /** Passwords that were told to it, by whoever was at the other end of an open line too. */
  readonly passwords: readonly string[];
  /** Which passwords it takes; the one of MAIL_USER from the start. */
  readonly goodPasswords: Set<string>;
  /** What it answers to the next recipients: 250 where nothing is said. */
  readonly answers: Map<string, number[]>;
  readonly close: () => Promise<void>;
};

export const MAIL_USER = { name: "comanda", password: "uma senha de correio" };

/** The kinds of servers there are: TLS from the first byte, TLS when asked, no TLS at all. */
type Kind = "tls" | "starttls" | "plain";

export async function startMailServer(
  kind: Kind,
  { port = 0, needsPassword = true }: { readonly port?: number; readonly needsPassword?: boolean } = {},
): Promise<MailServer> {
  const letters: TakenLetter[] = [];
  const passwords: string[] = [];
  const goodPasswords = new Set([MAIL_USER.password]);
  const answers = new Map<string, number[]>();
  const server = new SMTPServer({
    secure: kind === "tls",
    authOptional: !needsPassword,
    allowInsecureAuth: true,
    disabledCommands: kind === "starttls" ? [] : ["STARTTLS"],
    disableReverseLookup: true,
    closeTimeout: 50,
    logger: false,
    onAuth({ username, password }, _session, answer) {
      passwords.push(String(password));
      const isRight = username === MAIL_USER.name && goodPasswords.has(String(password));
      answer(isRight ? null : refusal(535, "who?"), isRight ? { user: username } : undefined);
    },
    onRcptTo({ address }, _session, answer) {
      const code = answers.get(address)?.shift() ?? 250;
      answer(code === 250 ? null : refusal(code, "not this one"));
    },
    onData(stream, session, answer) {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        letters.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(parts).toString("utf8"),
          isSecure: session.secure,
          user: typeof session.user === "string" ? session.user : null,
        });
        answer();
      });
    },
  });
  // A client that breaks off is no fault of the test.
  server.on("error", () => undefined);
  const listener = server.listen(port, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return {
    port: address.port,
    letters,
    passwords,
    goodPasswords,
    answers,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
