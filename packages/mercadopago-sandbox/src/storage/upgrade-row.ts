/**
 * Brings a row that an earlier version wrote into today's shape. Journals outlive versions: without this, a data
 * directory from before an update could not be opened at all.
 */
export const upgradeRow = (table: string, value: unknown): unknown =>
  // Once all orders were paid by QR code, and did not say so.
  table === "order" && isRecord(value) && !("type" in value) ? { ...value, type: "qr" } : value;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
