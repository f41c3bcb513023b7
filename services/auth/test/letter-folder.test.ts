import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FixedClock, fixedClock, waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tidyLetterFolder } from "../src/use-cases/tidy-letter-folder.ts";
import { registerGuest } from "./builders.ts";
import { type Auth, bearer, post, startAuth } from "./harness.ts";

let auth: Auth;
let clock: FixedClock;
let directory: string;
beforeAll(async () => {
  clock = fixedClock(new Date());
  directory = await mkdtemp(join(tmpdir(), "comanda-auth-mail-"));
  auth = await startAuth({ clock, settings: { MAIL_FOLDER: directory, SHOP_NAME: "Lanchonete do Zé" } });
});
afterAll(async () => {
  await auth.close();
  await rm(directory, { recursive: true, force: true });
});

/** The letter to an address, by its file; `null` when there is none. */
async function letterTo(email: string): Promise<{ readonly path: string; readonly text: string } | null> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const text = await readFile(path, "utf8").catch(() => "");
    if (text.startsWith(`Para: ${email}\n`)) return { path, text };
  }
  return null;
}

/** Somebody who has asked for a code, and the letter that came. */
async function written() {
  const guest = await registerGuest(auth);
  await post(auth, `/customers/${guest.id}/verification`, { token: guest.token });
  const letter = await waitFor(() => letterTo(guest.sent.email), { timeoutMs: 20_000 });
  return { ...guest, ...letter, code: /Seu código é (\d{6})/.exec(letter.text)?.[1] };
}
const tidy = () => tidyLetterFolder({ people: auth.people, clock, directory });

describe("letters in a folder", () => {
  it("when a code is good, then its letter is there, for its owner alone, in the shop's name", async () => {
    const { path, text, sent } = await written();
    await tidy();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(text).toContain("· Lanchonete do Zé\n");
    expect(await letterTo(sent.email)).not.toBeNull();
  });

  it("when the code was used, or is over, then its letter goes", async () => {
    const used = await written();
    const over = await written();
    const payload = { code: used.code };
    const confirmed = await post(auth, `/customers/${used.id}/verification/confirm`, { token: used.token, payload });
    expect(confirmed.statusCode).toBe(200);
    await tidy();
    expect([await letterTo(used.sent.email), (await letterTo(over.sent.email)) === null]).toEqual([null, false]);
    clock.advanceSeconds(600);
    await tidy();
    expect(await letterTo(over.sent.email)).toBeNull();
    clock.set(new Date());
  });

  it("when somebody erases themselves, then their letter is gone when they are answered", async () => {
    const { id, token, sent } = await written();
    const stays = await written();
    await auth.app.inject({ method: "DELETE", url: `/customers/${id}`, headers: bearer(token) });
    expect(await letterTo(sent.email)).toBeNull();
    expect(await letterTo(stays.sent.email)).not.toBeNull();
  });

  it("when something else lies in the folder, or the folder is not there, then nothing else is touched", async () => {
    const mine = join(directory, "minhas-notas.txt");
    await writeFile(mine, "Para: ninguém\n");
    await tidy();
    expect(await readFile(mine, "utf8")).toBe("Para: ninguém\n");
    await tidyLetterFolder({ people: auth.people, clock, directory: join(directory, "nowhere") });
  });
});
