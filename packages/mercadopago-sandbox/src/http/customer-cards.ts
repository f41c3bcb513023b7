import type { SavedCard } from "../domain/customer.ts";
import type { Answer } from "../idempotency.ts";
import { takeCardToken } from "../use-cases/create-card-token.ts";
import type { World } from "../world.ts";
import { customerCardSchema, customerCardUpdateSchema } from "./classic-schemas.ts";
import type { AddOperation, Call } from "./operation.ts";
import { customerNotFound, ownCustomer } from "./own-customer.ts";
import { badRequest } from "./payments.ts";
import { presentSavedCard } from "./present-card.ts";
import { classicRefusal } from "./refusals.ts";

type CardChange = {
  expiration_month?: number;
  expiration_year?: number;
  cardholder?: { name?: string; identification?: { type?: string; number?: string } };
};

/** Cards kept for a customer, each made of a card token. */
export const addCustomerCards = (add: AddOperation, world: World): void => {
  const url = "/v1/customers/:id/cards";
  add<{ token: string }>({
    method: "POST",
    url,
    family: "classic",
    key: "optional",
    body: customerCardSchema,
    run: (call) => saveCard(world, call),
  });
  add({
    method: "GET",
    url,
    family: "classic",
    run: (call) => {
      const customer = ownCustomer(world, call);
      if (customer === undefined) return customerNotFound();
      return { status: 200, body: world.indexes.cardsByCustomer(customer.id).map(presentSavedCard) };
    },
  });
  const one = (call: Call<unknown>, run: (card: SavedCard) => SavedCard): Answer => {
    const customer = ownCustomer(world, call);
    const card = world.tables.cards.get(call.params["cardId"] ?? "");
    if (customer === undefined || card?.customerId !== customer.id)
      return classicRefusal({ status: 404, error: "not_found", message: "Card not found" });
    return { status: 200, body: presentSavedCard(run(card)) };
  };
  add({ method: "GET", url: `${url}/:cardId`, family: "classic", run: (call) => one(call, (card) => card) });
  add<CardChange>({
    method: "PUT",
    url: `${url}/:cardId`,
    family: "classic",
    key: "optional",
    body: customerCardUpdateSchema,
    run: (call) =>
      one(call, (card) => {
        const changed = { ...changeCard(card, call.body), updatedMs: world.clock.now() };
        world.tables.cards.put(changed.id, changed);
        return changed;
      }),
  });
  add({
    method: "DELETE",
    url: `${url}/:cardId`,
    family: "classic",
    run: (call) =>
      one(call, (card) => {
        world.tables.cards.remove(card.id);
        return card;
      }),
  });
};

const saveCard = (world: World, call: Call<{ token: string }>): Answer => {
  const customer = ownCustomer(world, call);
  if (customer === undefined) return customerNotFound();
  const token = takeCardToken(world, { userId: call.seller.userId, tokenId: call.body.token });
  if (token === undefined) return badRequest({ code: 2006, message: "Card Token not found" });
  const nowMs = world.clock.now();
  const card: SavedCard = {
    id: String(world.ids.number()),
    userId: customer.userId,
    customerId: customer.id,
    card: token.card,
    securityCodeLength: token.securityCodeLength,
    createdMs: nowMs,
    updatedMs: nowMs,
  };
  world.tables.cards.put(card.id, card);
  return { status: 201, body: presentSavedCard(card) };
};

const changeCard = (saved: SavedCard, change: CardChange): SavedCard => {
  const { holder } = saved.card;
  return {
    ...saved,
    card: {
      ...saved.card,
      expirationMonth: change.expiration_month ?? saved.card.expirationMonth,
      expirationYear: change.expiration_year ?? saved.card.expirationYear,
      holder: {
        name: change.cardholder?.name ?? holder.name,
        identification: { ...holder.identification, ...change.cardholder?.identification },
      },
    },
  };
};
