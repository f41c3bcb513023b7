import { systemClock } from "@comanda/primitives";
import { afterEach, describe, expect, it } from "vitest";
import { makeMailer, makeSmtpMailer } from "../src/gateways/mailer.ts";
import { MAIL_USER, type MailServer, startMailServer } from "./mail-server.ts";

const servers: MailServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(...how: Parameters<typeof startMailServer>): Promise<MailServer> {
  const server = await startMailServer(...how);
  servers.push(server);
  return server;
}

const FROM = "Lanchonete do Zé <pedidos@lanchonete.example>";
const LETTER = {
  id: "01940000-0000-7000-8000-000000000001",
  to: "ana@exemplo.com.br",
  subject: "042917 é o seu código",
  text: "Seu código é 042917.\nAté já.",
};
const login = `${MAIL_USER.name}:${encodeURIComponent(MAIL_USER.password)}`;
/** The test server's certificate is its own. */
const TRUSTING = "tls.rejectUnauthorized=false";
const mailer = (url: string) => makeSmtpMailer({ url, from: FROM });

describe("letters over SMTP", () => {
  it.each([
    ["tls", "smtps"],
    ["starttls", "smtp"],
  ] as const)(
    "when the server speaks %s, then user, password and letter go to it over TLS alone",
    async (kind, scheme) => {
      const server = await start(kind);
      const send = mailer(`${scheme}://${login}@127.0.0.1:${server.port}?${TRUSTING}`);
      expect(await send(LETTER)).toBe("handed-over");
      expect(server.letters).toMatchObject([
        { from: "pedidos@lanchonete.example", to: [LETTER.to], isSecure: true, user: MAIL_USER.name },
      ]);
      const raw = server.letters[0]?.raw ?? "";
      expect(raw).toMatch(/^From: =\?UTF-8\?\S+ <pedidos@lanchonete\.example>\r$/m);
      expect(raw).toMatch(/^To: ana@exemplo\.com\.br\r$/m);
      expect(raw).toMatch(/^Subject: =\?UTF-8\?/m);
      expect(Buffer.from(raw, "utf8").toString()).toContain("042917");
    },
  );

  it("when the server's certificate is nobody's, then it is told nothing", async () => {
    for (const [kind, scheme] of [
      ["tls", "smtps"],
      ["starttls", "smtp"],
    ] as const) {
      const server = await start(kind);
      await expect(mailer(`${scheme}://${login}@127.0.0.1:${server.port}`)(LETTER)).rejects.toThrow();
      expect([server.letters, server.passwords]).toEqual([[], []]);
    }
  });

  // Somebody on the way can take the offer of TLS out. `127.1` is this machine by a name that does not say so.
  it("when a server that is not on this machine offers no TLS, then it is told nothing, unless the settings say so", async () => {
    const server = await start("plain");
    await expect(mailer(`smtp://${login}@127.1:${server.port}`)(LETTER)).rejects.toThrow();
    expect([server.letters, server.passwords]).toEqual([[], []]);
    expect(await mailer(`smtp://${login}@127.1:${server.port}?requireTLS=false`)(LETTER)).toBe("handed-over");
    expect(await mailer(`smtp://${login}@127.0.0.1:${server.port}`)(LETTER)).toBe("handed-over");
  });

  it("when the server wants no password, then none is needed", async () => {
    const server = await start("plain", { needsPassword: false });
    expect(await mailer(`smtp://localhost:${server.port}`)(LETTER)).toBe("handed-over");
    expect(server.letters[0]?.user).toBeNull();
  });

  it("when it refuses the address for good, then that is said; when only for now, then it may be tried again", async () => {
    const server = await start("plain", { needsPassword: false });
    const send = mailer(`smtp://127.0.0.1:${server.port}`);
    server.answers.set(LETTER.to, [550, 451]);
    expect(await send(LETTER)).toBe("refused");
    await expect(send(LETTER)).rejects.toThrow();
    expect(await send(LETTER)).toBe("handed-over");
  });

  it("when our own password is wrong, or nobody is there, then that is not the letter's fault", async () => {
    const server = await start("plain");
    await expect(mailer(`smtp://comanda:errada@127.0.0.1:${server.port}`)(LETTER)).rejects.toThrow();
    await server.close();
    servers.pop();
    await expect(mailer(`smtp://127.0.0.1:${server.port}`)(LETTER)).rejects.toThrow();
  });

  describe("while user and password are changed", () => {
    async function startWithTwo(goodPasswords: readonly string[]) {
      const server = await start("starttls");
      const accept = (passwords: readonly string[]) => {
        server.goodPasswords.clear();
        for (const password of passwords) server.goodPasswords.add(password);
      };
      accept(goodPasswords);
      const said: string[] = [];
      const urlWith = (password: string) => `smtp://${MAIL_USER.name}:${password}@127.0.0.1:${server.port}?${TRUSTING}`;
      const settings = { SMTP_URL: urlWith("nova"), SMTP_URL_PREVIOUS: urlWith("antiga"), MAIL_FROM: FROM };
      const log = {
        info: (line: unknown) => said.push(String(line)),
        warn: (line: unknown) => said.push(String(line)),
      };
      const send = makeMailer(settings, { clock: systemClock, log });
      if (send === null) throw new Error("no mailer for a mail server");
      return { server, accept, said, send };
    }

    it("when the server takes the former, both, and the present one only, then each letter arrives once", async () => {
      const { server, accept, said, send } = await startWithTwo(["antiga"]);
      for (const good of [["antiga"], ["antiga", "nova"], ["nova"], ["nova"]]) {
        accept(good);
        expect(await send(LETTER)).toBe("handed-over");
      }
      expect(server.letters).toHaveLength(4);
      // The former goes first for a minute once it was needed, and the present one is not asked again and again.
      expect(server.passwords).toEqual(["nova", "antiga", "antiga", "antiga", "nova", "nova"]);
      expect(said).toEqual([
        "the mail server refuses the present sign-in; the one before it is in use",
        "the mail server takes the present sign-in",
      ]);
    });

    it("when it takes neither, then that is not the letter's fault, and no password is shown", async () => {
      const { server, said, send } = await startWithTwo([]);
      const failure = await send(LETTER).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "EAUTH" });
      expect(String(failure) + said.join("")).not.toMatch(/nova|antiga/);
      expect(server.letters).toEqual([]);
      expect(server.passwords).toEqual(["nova", "antiga"]);
    });

    it("when it refuses the address, or the letter for now, then the other sign-in is not tried", async () => {
      const { server, send } = await startWithTwo(["nova", "antiga"]);
      server.answers.set(LETTER.to, [550, 451]);
      expect(await send(LETTER)).toBe("refused");
      await expect(send(LETTER)).rejects.toThrow();
      expect(server.passwords).toEqual(["nova", "nova"]);
    });
  });

  // No such address gets past the door (domain/email.test.ts); should one ever, it must not write a header.
  it.each([
    "ana@exemplo.com.br\r\nBcc: eva@exemplo.com.br",
    "ana@exemplo.com.br, eva@exemplo.com.br",
    "ana@exemplo.com.br>\r\nRCPT TO:<eva@exemplo.com.br",
    "Eva <eva@exemplo.com.br>",
    "ana@exemplo.com.br;eva@exemplo.com.br",
    "undisclosed: eva@exemplo.com.br;",
  ])("when an address is %j, then nobody else gets the letter and no header is added", async (to) => {
    const server = await start("plain", { needsPassword: false });
    await mailer(`smtp://127.0.0.1:${server.port}`)({ ...LETTER, to }).catch(() => "kept");
    for (const { to: recipients, raw } of server.letters) {
      expect(recipients).toHaveLength(1);
      expect(recipients).not.toContain("eva@exemplo.com.br");
      expect(raw).not.toMatch(/^bcc:/im);
    }
  });

  it("when the words hold line breaks or a lone dot, then they stay words", async () => {
    const server = await start("plain", { needsPassword: false });
    const text = "Oi.\r\n.\r\nMAIL FROM:<x@y.z>\r\n..fim";
    const subject = "Código\r\nBcc: eva@exemplo.com.br\r\n\r\nOutro corpo";
    await mailer(`smtp://127.0.0.1:${server.port}`)({ ...LETTER, subject, text });
    expect(server.letters).toHaveLength(1);
    const [{ raw, to } = { raw: "", to: [] }] = server.letters;
    expect(to).toEqual([LETTER.to]);
    const [headers = "", ...body] = raw.split("\r\n\r\n");
    expect(headers).not.toMatch(/^bcc:/im);
    expect(body.join("\r\n\r\n")).toContain("Oi.\r\n.\r\nMAIL FROM:<x@y.z>\r\n..fim");
  });
});
