/** What is only counted: notices that did not come from Mercado Pago to us, or that warn of something we cannot read. */
export const TALLY_KINDS = ["refused", "other-seller", "fraud-alert"] as const;
export type TallyKind = (typeof TALLY_KINDS)[number];

/** How often something happened on one day (UTC), and what it was about the last time. */
export type Tally = {
  readonly day: string;
  readonly kind: TallyKind;
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** The id that the last one spoke of, as it came; `null` when it named none. */
  readonly resource: string | null;
};

/** Where such things are counted, over all processes. */
export type TallyStore = {
  /** Adds to the tally of the day in which `lastAt` lies. */
  readonly add: (more: Omit<Tally, "day">) => Promise<void>;
  /** Tallies of days that are not older than `since`, newest first: a few for each day. */
  readonly list: (options: { readonly since: Date }) => Promise<readonly Tally[]>;
};

/** The day of an instant, in UTC. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
