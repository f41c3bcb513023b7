/** What must never be; each has its own check, and a hand-made history by which that check is seen to fail. */
export type Invariant =
  | "lost_order"
  | "placed_twice"
  | "answers_differ"
  | "server_error"
  | "paid_twice"
  | "refunded_twice"
  | "refunded_more_than_paid"
  | "money_kept"
  | "money_missing"
  | "books_differ"
  | "kitchen_before_money"
  | "impossible_path"
  | "stuck"
  | "number_twice"
  | "version_jump";

/** A promise that was broken, and by what. */
export type Violation = { readonly invariant: Invariant; readonly subject: string; readonly detail: string };
