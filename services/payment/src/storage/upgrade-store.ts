import type { Id } from "@comanda/primitives";

/** How far the pass over all charges has come that brings their documents to one format. */
export type UpgradePass = {
  readonly format: number;
  /** When a process first wrote this format here. */
  readonly since: Date;
  /** The last charge that was looked at; `null` before the first. */
  readonly after: Id | null;
  /** Charges looked at, and those of them whose documents were written anew. */
  readonly seen: number;
  readonly upgraded: number;
  /** Charges whose documents no code of this format can read; the first hundred. */
  readonly unreadable: readonly Id[];
  readonly doneAt: Date | null;
};

/** What came of looking at some more charges. */
export type UpgradeStep = {
  /** The last charge looked at; `null` when there were none left. */
  readonly last: Id | null;
  readonly seen: number;
  readonly upgraded: number;
  readonly unreadable: readonly Id[];
};

/** So many unreadable charges are named; more need no naming to call for somebody. */
export const UNREADABLE_MAX = 100;

/**
 * Brings documents of past formats to the present one, charge by charge in the order of their ids, without anybody
 * noticing: the version stays, and whoever writes a charge at the same time wins. Any number of processes may do it at
 * once; a pass that its process left behind is gone on with from where it was noted.
 */
export type UpgradeStore = {
  /** The pass for the present format; it is begun at `now` when there is none. */
  readonly pass: (now: Date) => Promise<UpgradePass>;
  /** Looks at the next charges, at most `limit`, and writes those of a past format anew. */
  readonly step: (options: { readonly after: Id | null; readonly limit: number }) => Promise<UpgradeStep>;
  /** Adds a step to the pass; without any charge left, the pass is done. Never takes it back. */
  readonly note: (step: UpgradeStep, now: Date) => Promise<void>;
};
