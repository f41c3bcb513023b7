import { type App, createLogger, type Log, type LogLevel } from "@comanda/service-kit";
import { noteMetrics, noteText } from "./canary/planted.ts";

/** The logger of a service in a test, and every line that it has written; the lines are searched when the file ends. */
export function createTestLog(
  service: string,
  level: LogLevel = "debug",
): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  const write = (line: string) => {
    lines.push(line);
    noteText(`log of ${service}`, line);
  };
  return { log: createLogger({ service, level, destination: { write } }), lines };
}

/** Keeps the figures of a service as they are before it closes; they are searched when the file ends. */
export async function noteFigures(service: string, app: App): Promise<void> {
  // A test may have closed it already.
  const answer = await app.inject("/metrics").catch(() => null);
  if (answer?.statusCode === 200) noteMetrics(service, answer.body);
}
