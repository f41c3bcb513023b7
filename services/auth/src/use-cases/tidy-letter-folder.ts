import { type Clock, createLoop, type Loop } from "@comanda/primitives";
import { listLetterFiles, removeLetterFile } from "../gateways/letter-folder.ts";
import type { People } from "../storage/people.ts";
import { listOpenCodes } from "../storage/verifications.ts";

const EVERY_MS = 60_000;

/**
 * Removes from the folder of letters each whose code is good for nothing any more: over, used, replaced by another, or
 * gone with its person. Letters in the clear must not outlive what they are for.
 */
export async function tidyLetterFolder(deps: {
  readonly people: Pick<People, "db">;
  readonly clock: Clock;
  readonly directory: string;
}): Promise<void> {
  const files = await listLetterFiles(deps.directory);
  if (files.length === 0) return;
  const codes = files.map(({ letterId }) => letterId);
  const open = await listOpenCodes(deps.people.db, codes, deps.clock.now());
  await Promise.all(files.filter(({ letterId }) => !open.has(letterId)).map(removeLetterFile));
}

/** Does so at the start and every minute. */
export function makeLetterFolderTidying(
  deps: Parameters<typeof tidyLetterFolder>[0] & {
    readonly log: { readonly error: (record: object, message: string) => void };
  },
): Loop {
  return createLoop({
    round: async () => {
      await tidyLetterFolder(deps);
      return 0;
    },
    pollMs: EVERY_MS,
    onError: (error) => deps.log.error({ err: error, job: "letter-folder" }, "old letters could not be removed"),
  });
}
