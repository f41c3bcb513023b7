import type { Log } from "@comanda/service-kit";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { ProviderObserver } from "./gateways/mercado-pago/provider-limits.ts";

const BREAKER = { closed: 0, "half-open": 1, open: 2 } as const;

/** How the provider does, as figures; what people must look at, as alarms in the log. */
export function watchProvider(registry: Registry, log: Log): ProviderObserver {
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
  return {
    onCall: ({ name, outcome, seconds }) => calls.observe({ call: name, outcome }, seconds),
    onShed: (why) => shed.inc({ why }),
    onBreaker: (state) => {
      breaker.set(BREAKER[state]);
      log.warn({ state }, "the breaker before Mercado Pago");
    },
    onStrangeAnswer: (call) => {
      strange.inc({ call });
      log.error({ call, alarm: "provider-answer-shape" }, "Mercado Pago answered something undocumented");
    },
  };
}
