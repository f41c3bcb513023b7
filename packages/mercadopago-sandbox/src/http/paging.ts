/** A page of a list by `limit` (1–100, 30 unless told) and `offset`. */
export const pageOf = <T>(rows: T[], query: Record<string, string>): { rows: T[]; limit: number; offset: number } => {
  const limit = Math.min(Math.max(Math.trunc(Number(query["limit"] ?? 30)) || 30, 1), 100);
  const offset = Math.max(Math.trunc(Number(query["offset"] ?? 0)) || 0, 0);
  return { rows: rows.slice(offset, offset + limit), limit, offset };
};
