/** Brand of a card, told by its first digits. */
export type Brand = { id: string; name: string; type: "credit_card" | "debit_card" };

const brands: [prefix: string, brand: Brand][] = [
  ["506776", { id: "debelo", name: "Elo Débito", type: "debit_card" }],
  ["3", { id: "amex", name: "American Express", type: "credit_card" }],
  ["4", { id: "visa", name: "Visa", type: "credit_card" }],
  ["5", { id: "master", name: "Mastercard", type: "credit_card" }],
];
const otherBrand: Brand = { id: "elo", name: "Elo", type: "credit_card" };

/** The brand of a number that starts so. */
export const brandOf = (firstSix: string): Brand =>
  brands.find(([prefix]) => firstSix.startsWith(prefix))?.[1] ?? otherBrand;

/** Whether a card number's check digit is right. */
export const hasLuhn = (digits: string): boolean => {
  const sum = [...digits].toReversed().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
};

/** What is kept of a card: never its number, never its security code. */
export type CardFace = {
  firstSix: string;
  lastFour: string;
  length: number;
  expirationMonth: number;
  expirationYear: number;
  holder: { name: string; identification: { type: string | null; number: string | null } };
};

/** Stands for a card once. Epoch ms. */
export type CardToken = {
  id: string;
  userId: string;
  card: CardFace;
  /** The saved card it was made of. */
  cardId: string | null;
  securityCodeLength: number;
  hasLuhn: boolean;
  status: "active" | "used";
  createdMs: number;
};

/** How an attempt with a card ends; each family has its own word for why. */
export type CardVerdict = { outcome: "approved" | "pending" | "rejected"; paymentDetail: string; orderDetail: string };

const rejected = (paymentDetail: string, orderDetail: string): CardVerdict => ({
  outcome: "rejected",
  paymentDetail: `cc_rejected_${paymentDetail}`,
  orderDetail,
});

const approved: CardVerdict = { outcome: "approved", paymentDetail: "accredited", orderDetail: "accredited" };

const verdicts: Record<string, CardVerdict> = {
  APRO: approved,
  CONT: { outcome: "pending", paymentDetail: "pending_contingency", orderDetail: "in_process" },
  OTHE: rejected("other_reason", "rejected_by_issuer"),
  CALL: rejected("call_for_authorize", "required_call_for_authorize"),
  FUND: rejected("insufficient_amount", "insufficient_amount"),
  SECU: rejected("bad_filled_security_code", "bad_filled_card_data"),
  EXPI: rejected("bad_filled_date", "bad_filled_card_data"),
  FORM: rejected("bad_filled_other", "bad_filled_card_data"),
  CARD: rejected("bad_filled_card_number", "bad_filled_card_data"),
  INST: rejected("invalid_installments", "invalid_installments"),
  DUPL: rejected("duplicated_payment", "processing_error"),
  LOCK: rejected("card_disabled", "card_disabled"),
};

/** The documented test: the holder's name decides. Any other name is approved. */
export const verdictOf = (card: CardFace): CardVerdict => verdicts[card.holder.name.trim().toUpperCase()] ?? approved;
