import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FixedClock, fixedClock, waitFor } from "@comanda/testing";
import { freshCpf, registerGuest } from "./builders.ts";
import { type Auth, callAuth, post, startAuth } from "./harness.ts";
import { type OtherServices, startOtherServices } from "./other-services.ts";

/** Auth with order and payment beside it, a folder of letters and a clock in our hand. */
export type PrivacyHarness = {
  readonly auth: Auth;
  readonly others: OtherServices;
  readonly clock: FixedClock;
  readonly call: (
    method: "GET" | "POST" | "PATCH" | "DELETE",
    url: string,
    request?: { token?: string; payload?: unknown },
  ) => ReturnType<typeof post>;
  /** The letters that were seen so far, oldest first. */
  readonly letters: () => Promise<readonly string[]>;
  /** The code in the newest letter, once there are `count` letters. */
  readonly codeOf: (count: number) => Promise<string>;
  /** Somebody registered, and a token that merely knows their CPF. */
  readonly identified: () => Promise<Awaited<ReturnType<typeof registerGuest>> & { readonly cpfToken: string }>;
  readonly close: () => Promise<void>;
};

export async function startPrivacyHarness(options: { readonly rateLimits?: string } = {}): Promise<PrivacyHarness> {
  const others = await startOtherServices();
  const folder = await mkdtemp(join(tmpdir(), "comanda-auth-mail-"));
  const clock = fixedClock(new Date());
  const limits = options.rateLimits === undefined ? {} : { RATE_LIMITS: options.rateLimits };
  const auth = await startAuth({ clock, settings: { ...others.settings, MAIL_FOLDER: folder, ...limits } });
  const seen = new Map<string, string>();
  const letters = async () => {
    for (const name of (await readdir(folder)).sort()) {
      // A letter goes with its code, perhaps at this very moment.
      const text = await readFile(join(folder, name), "utf8").catch(() => null);
      if (text !== null) seen.set(name, text);
    }
    return [...seen].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, text]) => text);
  };
  return {
    auth,
    others,
    clock,
    call: (method, url, asked) => callAuth(auth, method, url, asked),
    letters,
    codeOf: async (count) => {
      const written = await waitFor(async () => {
        const all = await letters();
        return all.length >= count ? all : null;
      });
      const code = /Seu código é (\d{6})/.exec(written.at(-1) ?? "")?.[1];
      if (code === undefined) throw new Error("the newest letter holds no code");
      return code;
    },
    identified: async () => {
      const guest = await registerGuest(auth, { cpf: freshCpf() });
      const answer = await post(auth, "/customers/identify", { payload: { cpf: guest.sent.cpf } });
      return { ...guest, cpfToken: String(answer.json().access_token) };
    },
    close: async () => {
      await auth.close();
      await others.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
