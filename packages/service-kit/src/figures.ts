import { type Clock, systemClock } from "@comanda/primitives";
import { Gauge, type Registry } from "prom-client";

/** A number that tells whether something waits that should not. */
export type Figure = {
  /** Its name for Prometheus, and what it counts. */
  readonly name: string;
  readonly help: string;
  /** Reads it now; `NaN`, or an error, is no figure and no alarm. */
  readonly read: () => Promise<number>;
  /** When people must hear of it: above a threshold, for some time. `code` is stable and stands in the log line. */
  readonly alarm?: { readonly code: string; readonly above: number; readonly forSeconds?: number };
};

/** A log as far as alarms need it. */
type AlarmLog = Record<"info" | "error", (record: object, message: string) => void>;

/** The watch over the figures that have an alarm. */
export type Watch = {
  /** Reads them and says, once each, which alarms began and which are over. Call it every few seconds. */
  readonly look: () => Promise<void>;
  /** The codes of the alarms that are on. */
  readonly raised: () => readonly string[];
};

/**
 * Adds figures to a service's registry, read when Prometheus asks, and watches those that have an alarm: one line at
 * error level when one begins, one at info level when it is over, none in between.
 */
export function useFigures(
  registry: Registry,
  options: { readonly figures: readonly Figure[]; readonly log: AlarmLog; readonly clock?: Clock },
): Watch {
  const { figures, log, clock = systemClock } = options;
  for (const { name, help, read } of figures) {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        // With the database away there is no figure; the other figures must still be readable.
        this.set(await read().catch(() => Number.NaN));
      },
    });
  }
  const aboveSince = new Map<string, number>();
  const on = new Set<string>();

  async function lookAt({ read, alarm, name }: Figure): Promise<void> {
    if (alarm === undefined) return;
    const { code, above, forSeconds = 0 } = alarm;
    const value = await read().catch(() => Number.NaN);
    if (Number.isNaN(value)) return;
    const now = clock.now().getTime();
    if (value <= above) {
      aboveSince.delete(code);
      if (on.delete(code)) log.info({ alarm_over: code, figure: name, value }, "an alarm is over");
      return;
    }
    const since = aboveSince.get(code) ?? now;
    aboveSince.set(code, since);
    if (on.has(code) || now - since < forSeconds * 1_000) return;
    on.add(code);
    log.error({ alarm: code, figure: name, value, threshold: above }, "an alarm");
  }

  return {
    look: async () => {
      await Promise.all(figures.map(lookAt));
    },
    raised: () => [...on].sort(),
  };
}
