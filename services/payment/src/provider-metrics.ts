import { type Clock, systemClock } from "@comanda/primitives";
import type { Log } from "@comanda/service-kit";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Barrier, ProviderObserver } from "./gateways/mercado-pago/provider-limits.ts";

const BREAKER = { closed: 0, "half-open": 1, open: 2 } as const;

/** The watch over the provider: what hears of each call, and what was heard last. */
export type ProviderWatch = ProviderObserver & { readonly standing: () => ProviderStanding };

/** How this process and the provider stand with each other. */
export type ProviderStanding = {
  /** Since when it is not asked, because it answers nothing good; `null` while it is. */
  readonly awaySince: Date | null;
  readonly barrier: { readonly why: Barrier; readonly since: Date } | null;
};

const BARRIER_WORDS = {
  credentials: "Mercado Pago takes no access token of ours",
  certificate: "nobody vouches for the certificate of what answers as Mercado Pago",
} as const satisfies Readonly<Record<Barrier, string>>;

/** How the provider does, as figures; what people must look at, as alarms in the log. */
export function watchProvider(registry: Registry, log: Log, clock: Clock = systemClock): ProviderWatch {
  const registers = [registry];
  const calls = new Histogram({
    name: "payment_provider_call_seconds",
    help: "Time of a call to Mercado Pago, with its waiting and its second try, by what it was for and what came of it",
    labelNames: ["call", "outcome"],
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const shed = new Counter({
    name: "payment_provider_calls_shed_total",
    help: "Calls that were not made: breaker open, too many at once, told to wait, no time left",
    labelNames: ["why"],
    registers,
  });
  const strange = new Counter({
    name: "payment_provider_strange_answers_total",
    help: "Answers that have not their documented shape",
    labelNames: ["call"],
    registers,
  });
  const breaker = new Gauge({
    name: "payment_provider_breaker_state",
    help: "0 closed, 1 trying, 2 open: Mercado Pago is not asked",
    registers,
  });
  breaker.set(BREAKER.closed);
  const barred = new Gauge({
    name: "payment_provider_barred",
    help: "1 while Mercado Pago refuses our token, or its certificate is not to be trusted",
    registers,
  });
  barred.set(0);
  const formerToken = new Gauge({
    name: "payment_provider_former_token_in_use",
    help: "1 while Mercado Pago takes only the access token before the present one",
    registers,
  });
  formerToken.set(0);
  let awaySince: Date | null = null;
  let barrier: ProviderStanding["barrier"] = null;
  return {
    standing: () => ({ awaySince, barrier }),
    onBarrier: (why) => {
      if (why === (barrier?.why ?? null)) return;
      if (barrier !== null) log.info({ alarm_over: `provider-${barrier.why}` }, "an alarm is over");
      barrier = why === null ? null : { why, since: clock.now() };
      barred.set(why === null ? 0 : 1);
      if (why !== null) log.error({ alarm: `provider-${why}` }, BARRIER_WORDS[why]);
    },
    onToken: (which) => {
      formerToken.set(which === "previous" ? 1 : 0);
      if (which === "present") log.info("Mercado Pago takes the present access token");
      else log.warn("Mercado Pago refuses the present access token; the one before it is in use");
    },
    onCall: ({ name, outcome, seconds }) => calls.observe({ call: name, outcome }, seconds),
    onShed: (why) => shed.inc({ why }),
    onBreaker: (state) => {
      breaker.set(BREAKER[state]);
      awaySince = state === "closed" ? null : (awaySince ?? clock.now());
      log.warn({ state }, "the breaker before Mercado Pago");
    },
    onStrangeAnswer: (call) => {
      strange.inc({ call });
      log.error({ call, alarm: "provider-answer-shape" }, "Mercado Pago answered something undocumented");
    },
  };
}
