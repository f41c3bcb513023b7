/** Whose notifications are ours; `null` where it is not known. */
export type Seller = {
  readonly userId: string | null;
  readonly applicationId: string | null;
  /** Whether money is real; `null` when both may come, as with a test account at the real provider. */
  readonly isLive: boolean | null;
};

/** What an access token says of its owner: `APP_USR-<application>-<date>-<secret>-<user>` (provider §2). */
export function sellerOf(settings: {
  readonly MERCADOPAGO_ACCESS_TOKEN: string;
  readonly MERCADOPAGO_BASE_URL?: string | undefined;
}): Seller {
  const parts = /^[A-Z_]+-(\d+)-.*-(\d+)$/.exec(settings.MERCADOPAGO_ACCESS_TOKEN);
  return {
    applicationId: parts?.[1] ?? null,
    userId: parts?.[2] ?? null,
    // The prefix does not tell test from real; only the sandbox is known to hold no real money.
    isLive: settings.MERCADOPAGO_BASE_URL === undefined ? null : false,
  };
}

/**
 * Whether two tokens surely belong to one application of one seller: charges, keys of writes and notifications of the one
 * are then those of the other. A token that does not say whose it is belongs to nobody.
 */
export function isOfOneSeller(token: string, other: string): boolean {
  const [one, two] = [token, other].map((MERCADOPAGO_ACCESS_TOKEN) => sellerOf({ MERCADOPAGO_ACCESS_TOKEN }));
  return one?.userId != null && one.userId === two?.userId && one.applicationId === two.applicationId;
}

/** Which of the names in a notification is somebody else's, or `null` when none is. What it does not say is no fault. */
export function foreignPartOf(body: Readonly<Record<string, unknown>>, seller: Seller): string | null {
  if (isOther(body["user_id"], seller.userId)) return "user_id";
  if (isOther(body["application_id"], seller.applicationId)) return "application_id";
  const live = body["live_mode"];
  return typeof live === "boolean" && seller.isLive !== null && live !== seller.isLive ? "live_mode" : null;
}

function isOther(said: unknown, ours: string | null): boolean {
  return (typeof said === "string" || typeof said === "number") && ours !== null && String(said) !== ours;
}
