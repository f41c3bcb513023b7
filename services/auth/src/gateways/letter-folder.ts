import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@comanda/primitives";
import type { SendMail } from "./letter.ts";

/** A letter that lies in the folder. */
export type LetterFile = { readonly path: string; readonly letterId: string };

/** Ours are named by when they were written and by their letter; of a folder that is somebody's own nothing else is touched. */
const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z-([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.txt$/;

/** Letters as files that only the owner of the process can read: for a machine without a mail server. */
export function makeFolderMailer(options: { readonly directory: string; readonly clock: Clock }): SendMail {
  return async ({ id, to, subject, text }) => {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    const date = options.clock.now().toISOString();
    const name = `${date.replaceAll(/[:.]/g, "-")}-${id}.txt`;
    await writeFile(join(options.directory, name), `Para: ${to}\nAssunto: ${subject}\nData: ${date}\n\n${text}\n`, {
      mode: 0o600,
    });
    return "handed-over";
  };
}

/** The letters in the folder; none where there is no folder. */
export async function listLetterFiles(directory: string): Promise<readonly LetterFile[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  });
  return names.flatMap((name) => {
    const letterId = NAME.exec(name)?.[1];
    return letterId === undefined ? [] : [{ path: join(directory, name), letterId }];
  });
}

/** Removes a letter; that another process was first is as good. */
export async function removeLetterFile({ path }: LetterFile): Promise<void> {
  await rm(path, { force: true });
}
