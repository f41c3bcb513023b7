import { appendFileSync, renameSync, statSync } from "node:fs";

/** A log on disk that never grows beyond two files of `maxBytes`: the present one and the one before (`.1`). */
export type LogFile = { readonly write: (text: string | Buffer) => void };

const defaultMaxBytes = 5 * 1024 * 1024;

/** Opens (or goes on with) the log at `path`. A disk that is full loses log lines, never the service. */
export function openLogFile(path: string, maxBytes = defaultMaxBytes): LogFile {
  let size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return {
    write(text) {
      try {
        if (size > maxBytes) {
          renameSync(path, `${path}.1`);
          size = 0;
        }
        appendFileSync(path, text, { mode: 0o600 });
        size += Buffer.byteLength(text);
      } catch {
        // Nowhere to say it: the log is what failed.
      }
    },
  };
}
