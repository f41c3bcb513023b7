import type { CardToken } from "../domain/card.ts";
import { offsetDate } from "../domain/dates.ts";
import { type CardTokenInput, createCardToken } from "../use-cases/create-card-token.ts";
import type { World } from "../world.ts";
import { cardTokenSchema } from "./classic-schemas.ts";
import type { AddOperation } from "./operation.ts";
import { badRequest } from "./payments.ts";
import { classicRefusal } from "./refusals.ts";

const refusals = {
  invalid_card_number: { code: 316, message: "invalid card_number" },
  invalid_expiration: { code: 325, message: "invalid expiration_month or expiration_year" },
  card_not_found: { code: 2011, message: "card not found" },
};

/** Card tokens: a card, or a saved one, stood for once. */
export const addCardTokens = (add: AddOperation, world: World): void => {
  add<CardTokenInput>({
    method: "POST",
    url: "/v1/card_tokens",
    family: "classic",
    key: "optional",
    body: cardTokenSchema,
    run: ({ seller, body }) => {
      const decision = createCardToken(world, { seller, input: body });
      return decision.ok ? { status: 201, body: presentToken(decision.value) } : badRequest(refusals[decision.code]);
    },
  });
  add({
    method: "GET",
    url: "/v1/card_tokens/:id",
    family: "classic",
    run: ({ seller, params }) => {
      const token = world.tables.cardTokens.get(params["id"] ?? "");
      if (token?.userId !== seller.userId)
        return classicRefusal({ status: 404, error: "not_found", message: "Card token not found" });
      return { status: 200, body: presentToken(token) };
    },
  });
};

const tokenLifeMs = 7 * 24 * 3_600_000;

const presentToken = (token: CardToken) => ({
  id: token.id,
  card_id: token.cardId,
  first_six_digits: token.card.firstSix,
  last_four_digits: token.card.lastFour,
  expiration_month: token.card.expirationMonth,
  expiration_year: token.card.expirationYear,
  cardholder: token.card.holder,
  status: token.status,
  date_created: offsetDate(token.createdMs),
  date_last_updated: offsetDate(token.createdMs),
  date_due: offsetDate(token.createdMs + tokenLifeMs),
  luhn_validation: token.hasLuhn,
  live_mode: false,
  require_esc: false,
  card_number_length: token.card.length,
  security_code_length: token.securityCodeLength,
});
