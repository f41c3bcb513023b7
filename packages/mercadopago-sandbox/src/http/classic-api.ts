import type { World } from "../world.ts";
import { addAccount } from "./account.ts";
import { addCardTokens } from "./card-tokens.ts";
import { addChargebacks, addClaims } from "./chargebacks.ts";
import { addCustomerCards } from "./customer-cards.ts";
import { addCustomers } from "./customers.ts";
import { addMerchantOrders } from "./merchant-orders.ts";
import type { AddOperation } from "./operation.ts";
import { addPaymentRefunds } from "./payment-refunds.ts";
import { addPayments } from "./payments.ts";
import { addPointsOfSale } from "./points-of-sale.ts";
import { addPreferences } from "./preferences.ts";
import { addStores } from "./stores.ts";

/** Every family older than the Orders API. */
export const addClassicApi = (add: AddOperation, world: World): void => {
  addPreferences(add, world);
  addPayments(add, world);
  addPaymentRefunds(add, world);
  addMerchantOrders(add, world);
  addStores(add, world);
  addPointsOfSale(add, world);
  addCardTokens(add, world);
  addCustomers(add, world);
  addCustomerCards(add, world);
  addChargebacks(add, world);
  addClaims(add, world);
  addAccount(add);
};
