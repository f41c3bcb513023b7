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
        let rest = Buffer.from(text);
        if (size > maxBytes) {
          // What a process says comes in pieces: the line that is under way ends in the file in which it began.
          const end = rest.indexOf("\n") + 1;
          appendFileSync(path, rest.subarray(0, end), { mode: 0o600 });
          if (end > 0) {
            renameSync(path, `${path}.1`);
            size = 0;
          }
          rest = rest.subarray(end);
        }
        appendFileSync(path, rest, { mode: 0o600 });
        size += rest.length;
      } catch {
        // Nowhere to say it: the log is what failed.
      }
    },
  };
}
