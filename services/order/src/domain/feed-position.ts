/**
 * A place in the order feed: the writing transaction, then the row. Rows are read in this order, and never past the
 * oldest transaction still running: ids alone are given out before their commit, and a late commit would be skipped.
 */
export type FeedPosition = { readonly tx: bigint; readonly id: bigint };

// 64 bits each; both are written in decimal.
const POSITION = /^(\d{1,20})-(\d{1,19})$/;

/** Reads `<tx>-<id>` as it stands in `Last-Event-ID`; `null` for what is none. */
export function parsePosition(text: string | undefined): FeedPosition | null {
  const match = text === undefined ? null : POSITION.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const position = { tx: BigInt(match[1]), id: BigInt(match[2]) };
  return position.tx < 2n ** 64n && position.id < 2n ** 63n ? position : null;
}

export function positionText({ tx, id }: FeedPosition): string {
  return `${tx}-${id}`;
}

/** Whether `position` comes after `other`. */
export function isAfter(position: FeedPosition, other: FeedPosition): boolean {
  return position.tx === other.tx ? position.id > other.id : position.tx > other.tx;
}
