/** A remembered answer to a write. */
export type StoredAnswer = { id: string; bodyHash: string; status: number; bodyText: string; createdMs: number };
