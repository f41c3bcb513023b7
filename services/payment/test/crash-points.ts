import type { Charge } from "../src/domain/charge.ts";
import type { Step } from "./mortal-service.ts";

/** What was being done when the process died. */
export type CrashStory = "create" | "notice" | "refund" | "refund-lines" | "cancel";

/** A gap between two steps, and the death in it. */
export type CrashPoint = {
  readonly story: CrashStory;
  readonly name: string;
  readonly isLast: (step: Step) => boolean;
  /** Nothing is written anywhere: whoever asked, and got no answer, asks again. Elsewhere it ends by itself. */
  readonly isLostWish?: boolean;
};

type Matches = (step: Step) => boolean;

const at = (when: Step["at"], what: Step["what"], matches: Matches = () => true): Matches => {
  return (step) => step.at === when && step.what === what && matches(step);
};
const call = (when: Step["at"], path: RegExp) => at(when, "call", (step) => path.test(step.call ?? ""));
const write = (when: Step["at"], matches: (charge: Charge) => boolean) =>
  at(when, "replace", ({ charge }) => charge !== undefined && matches(charge));
const becomes = (when: Step["at"], status: Charge["status"]) => write(when, (charge) => charge.status === status);
const refundIs = (when: Step["at"], ...statuses: readonly string[]) =>
  write(when, ({ refunds: [refund] }) => refund !== undefined && statuses.includes(refund.status));
const events = (when: Step["at"], what: Step["what"], type: string) =>
  at(when, what, (step) => step.events?.some((event) => event.type === `comanda.payment.${type}`) === true);

const CREATE = /^POST \/v1\/orders$/;
const CANCEL = /^POST \/v1\/orders\/\w+\/cancel$/;
const REFUND = /^POST \/v1\/orders\/\w+\/refund$/;
const READ = /^GET \/v1\/orders\/\w+$/;

const ofCreate: readonly CrashPoint[] = [
  { name: "before the intent is stored", isLast: at("before", "insert"), isLostWish: true },
  { name: "after the intent is stored", isLast: at("after", "insert") },
  { name: "as the provider is about to be asked", isLast: call("before", CREATE) },
  { name: "after the provider made it", isLast: call("after", CREATE) },
  { name: "before the provider's answer is stored", isLast: becomes("before", "pending") },
  { name: "after the provider's answer is stored", isLast: becomes("after", "pending") },
  { name: "before its event leaves", isLast: events("after", "claim-events", "pending") },
  { name: "after its event arrived", isLast: events("before", "settle-event", "pending") },
].map((point) => ({ story: "create", ...point }));

const ofNotice: readonly CrashPoint[] = [
  { name: "before the notice is stored", isLast: at("before", "store-notice") },
  { name: "after the notice is stored, unanswered", isLast: at("after", "store-notice") },
  { name: "after the notice is taken to be worked on", isLast: call("before", READ) },
  { name: "after the provider was read", isLast: call("after", READ) },
  { name: "before the payment is stored", isLast: becomes("before", "approved") },
  { name: "after the payment is stored", isLast: becomes("after", "approved") },
  { name: "after the notice is settled", isLast: at("after", "settle-notice") },
  { name: "before the event leaves", isLast: events("after", "claim-events", "approved") },
  { name: "after the event arrived", isLast: events("before", "settle-event", "approved") },
].map((point) => ({ story: "notice", ...point }));

const ofRefund = (["refund", "refund-lines"] as const).flatMap((story): CrashPoint[] =>
  [
    { name: "before the wish is stored", isLast: refundIs("before", "requested"), isLostWish: true },
    { name: "after the wish is stored", isLast: refundIs("after", "requested") },
    { name: "after it is noted that the provider is asked", isLast: refundIs("after", "unknown") },
    { name: "as the provider is about to be asked", isLast: call("before", REFUND) },
    { name: "after the provider did it", isLast: call("after", REFUND) },
    { name: "before the provider's answer is stored", isLast: refundIs("before", "in_process", "done") },
    { name: "after the provider's answer is stored", isLast: refundIs("after", "in_process", "done") },
    {
      name: "after its event arrived",
      isLast: events("before", "settle-event", story === "refund" ? "refunded" : "partially_refunded"),
    },
  ].map((point) => ({ story, ...point })),
);

const ofCancel: readonly CrashPoint[] = [
  { name: "as the provider is about to be asked", isLast: call("before", CANCEL), isLostWish: true },
  { name: "after the provider closed it", isLast: call("after", CANCEL) },
  { name: "before the end is stored", isLast: becomes("before", "cancelled") },
  { name: "after the end is stored", isLast: becomes("after", "cancelled") },
  { name: "after its event arrived", isLast: events("before", "settle-event", "cancelled") },
].map((point) => ({ story: "cancel", ...point }));

/** Every gap between two steps of everything that moves money. */
export const CRASH_POINTS: readonly CrashPoint[] = [...ofCreate, ...ofNotice, ...ofRefund, ...ofCancel];
