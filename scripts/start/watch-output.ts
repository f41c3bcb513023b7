import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { LogFile } from "./log-file.ts";

// Levels of a JSON log line, by word (ours) or by number (pino's own): warn, error, fatal.
const worthShowing = /"level":(?:"(?:warn|error|fatal)"|[456]0\b)/;

// What Node prints around the message of an error that nobody caught.
const crashNoise = /^\s*$|^\s+at |^Node\.js v|^\s*\^+$|^\s*[{}]|^\s+\w+: |^(node|file):/;

/**
 * Writes all a process says to its log, shows warnings and worse, and remembers its last words, which are returned on
 * asking.
 */
export function watchOutput(options: {
  readonly name: string;
  readonly child: ChildProcess;
  readonly log: LogFile;
  readonly say: (line: string) => void;
}): () => string {
  const { name, child, log, say } = options;
  let lastWords = "";
  child.on("error", (error) => {
    lastWords = error.message;
  });
  if (child.stdout !== null) {
    child.stdout.on("data", (chunk: Buffer) => log.write(chunk));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!worthShowing.test(line)) return;
      const message = messageOf(line);
      lastWords = message;
      say(`${name}: ${message}`);
    });
  }
  if (child.stderr !== null) {
    child.stderr.on("data", (chunk: Buffer) => log.write(chunk));
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (!crashNoise.test(line)) lastWords = line.trim();
    });
  }
  return () => lastWords;
}

function messageOf(line: string): string {
  try {
    const entry: unknown = JSON.parse(line);
    const message = Reflect.get(Object(entry), "msg");
    const cause = Reflect.get(Object(Reflect.get(Object(entry), "err")), "message");
    return [message, cause].filter((text) => typeof text === "string").join(": ");
  } catch {
    return line;
  }
}
