import { randomBytes } from "node:crypto";
import { type CardFace, type CardToken, hasLuhn } from "../domain/card.ts";
import { allow, type Decision, refuse } from "../domain/decision.ts";
import type { Seller } from "../sellers.ts";
import type { World } from "../world.ts";

/** Body of `POST /v1/card_tokens` once its schema holds: a card, or a saved one. */
export type CardTokenInput = {
  card_number?: string;
  card_id?: string;
  customer_id?: string;
  expiration_month?: number | string;
  expiration_year?: number | string;
  security_code?: string;
  cardholder?: { name?: string; identification?: { type?: string; number?: string } };
};

/** Turns a card into a token that works once. The number and the code are forgotten at once. */
export const createCardToken = (
  world: World,
  request: { seller: Seller; input: CardTokenInput },
): Decision<CardToken, "invalid_card_number" | "invalid_expiration" | "card_not_found"> => {
  const { seller, input } = request;
  const saved = input.card_id === undefined ? undefined : world.tables.cards.get(input.card_id);
  if (input.card_id !== undefined && saved?.userId !== seller.userId) return refuse("card_not_found");
  const card = saved === undefined ? readCard(input) : allow(saved.card);
  if (!card.ok) return card;
  const token: CardToken = {
    id: randomBytes(16).toString("hex"),
    userId: seller.userId,
    card: card.value,
    cardId: input.card_id ?? null,
    securityCodeLength: (input.security_code ?? "").length,
    hasLuhn: saved !== undefined || hasLuhn(digitsOf(input)),
    status: "active",
    createdMs: world.clock.now(),
  };
  world.tables.cardTokens.put(token.id, token);
  return allow(token);
};

const digitsOf = (input: CardTokenInput) => (input.card_number ?? "").replaceAll(/[ -]/g, "");

const readCard = (input: CardTokenInput): Decision<CardFace, "invalid_card_number" | "invalid_expiration"> => {
  const digits = digitsOf(input);
  const [month, year] = [Number(input.expiration_month), Number(input.expiration_year)];
  if (!/^\d{13,19}$/.test(digits)) return refuse("invalid_card_number");
  if (!Number.isInteger(month) || month < 1 || month > 12 || !Number.isInteger(year))
    return refuse("invalid_expiration");
  const { name = "", identification = {} } = input.cardholder ?? {};
  return allow({
    firstSix: digits.slice(0, 6),
    lastFour: digits.slice(-4),
    length: digits.length,
    expirationMonth: month,
    expirationYear: year < 100 ? 2000 + year : year,
    holder: { name, identification: { type: identification.type ?? null, number: identification.number ?? null } },
  });
};

/** Uses a token up; undefined when it is unknown, another seller's or used already. */
export const takeCardToken = (world: World, use: { userId: string; tokenId: string }): CardToken | undefined => {
  const token = world.tables.cardTokens.get(use.tokenId);
  if (token?.userId !== use.userId || token.status !== "active") return undefined;
  world.tables.cardTokens.put(token.id, { ...token, status: "used" });
  return token;
};
