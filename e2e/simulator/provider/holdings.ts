/** Money on its way back. `ours` is the id of the refund we asked for; `null` for one made in the provider's panel. */
export type BankRefund = {
  readonly id: string;
  readonly ours: string | null;
  readonly amountCents: number;
  /** The tip goes back with all the rest, and never alone. */
  readonly tipCents: number;
  status: "in_process" | "done" | "failed";
};

export type BankPayment = {
  readonly id: string;
  readonly amountCents: number;
  /** What the guest added at the card terminal: it is the staff's, and no part of what was asked for. */
  readonly tipCents: number;
  status: "pending" | "approved" | "cancelled" | "in_mediation" | "charged_back";
  approvedAt: number | null;
  updatedAt: number;
  /** A search sees it from here on; by its id it is seen at once. */
  readonly searchableAt: number;
  readonly refunds: BankRefund[];
};

/** What the provider holds under one reference: a QR, a charge at a terminal, or a link with its visitors' payments. */
export type BankOrder = {
  readonly id: string;
  readonly kind: "qr" | "link" | "terminal";
  readonly reference: string;
  readonly amountCents: number;
  status: "created" | "at_terminal" | "processed" | "failed" | "canceled" | "expired" | "action_required";
  readonly expiresAt: number;
  /** The card terminal it is queued at, and what happens there; `null` for what is paid elsewhere. */
  readonly atTerminal: AtTerminal | null;
  updatedAt: number;
  readonly payments: BankPayment[];
};

/** A charge at a card terminal, beside what every order has. */
export type AtTerminal = {
  readonly terminalId: string;
  /** The `status_detail` of its only transaction. */
  detail: string;
  /** A card is in it: until that is over nothing else ends the charge. */
  isBusy: boolean;
};
