/** What may exist only once. */
export type UniqueRule = "charge_id" | "order_attempt" | "open_charge" | "provider_id";

/** A write was refused because something that may exist only once would exist twice; nothing was written. */
export class UniqueRuleError extends Error {
  override readonly name = "UniqueRuleError";
  readonly rule: UniqueRule;

  constructor(rule: UniqueRule, options?: ErrorOptions) {
    super(`a charge was refused by the rule ${rule}`, options);
    this.rule = rule;
  }
}
