import { brandOf } from "../domain/card.ts";
import type { SavedCard } from "../domain/customer.ts";
import { offsetDate } from "../domain/dates.ts";

/** A saved card as the API shows it. */
export const presentSavedCard = (saved: SavedCard) => {
  const brand = brandOf(saved.card.firstSix);
  return {
    id: saved.id,
    customer_id: saved.customerId,
    expiration_month: saved.card.expirationMonth,
    expiration_year: saved.card.expirationYear,
    first_six_digits: saved.card.firstSix,
    last_four_digits: saved.card.lastFour,
    payment_method: {
      id: brand.id,
      name: brand.name,
      payment_type_id: brand.type,
      thumbnail: "",
      secure_thumbnail: "",
    },
    security_code: { length: saved.securityCodeLength, card_location: brand.id === "amex" ? "front" : "back" },
    issuer: { id: 24, name: brand.name },
    cardholder: saved.card.holder,
    date_created: offsetDate(saved.createdMs),
    date_last_updated: offsetDate(saved.updatedMs),
    user_id: saved.userId,
    live_mode: false,
  };
};
