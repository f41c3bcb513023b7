import { instantMs } from "../domain/dates.ts";
import { allow, type Decision, refuse } from "../domain/decision.ts";
import { centsOfReais } from "../domain/money.ts";
import type { Preference } from "../domain/preference.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { Seller } from "../sellers.ts";
import type { World } from "../world.ts";

/** Body of `POST /checkout/preferences` once its schema holds; the rest is kept and answered back. */
export type PreferenceInput = JsonObject & {
  items: (JsonObject & { title: string; quantity: number; unit_price: number })[];
};

/** Why a preference is refused. */
export type PreferenceRefusal = "bad_amount" | "invalid_auto_return" | "bad_expiration";

/** Creates a payment link. */
export const createPreference = (
  world: World,
  request: { seller: Seller; input: PreferenceInput },
): Decision<Preference, PreferenceRefusal> => {
  const { seller, input } = request;
  const checked = checkContent(input);
  if (!checked.ok) return checked;
  const nowMs = world.clock.now();
  const preference: Preference = {
    id: `${seller.userId}-${world.ids.uuid()}`,
    userId: seller.userId,
    applicationId: seller.applicationId,
    content: input,
    totalCents: checked.value,
    createdMs: nowMs,
    updatedMs: nowMs,
    merchantOrderId: null,
    paidMs: null,
  };
  world.tables.preferences.put(preference.id, preference);
  return allow(preference);
};

/** Changes the members a request names; the others stay. */
export const updatePreference = (
  world: World,
  request: { preference: Preference; change: JsonObject },
): Decision<Preference, PreferenceRefusal> => {
  const { preference, change } = request;
  const content = { ...preference.content, ...change };
  const checked = checkContent(content);
  if (!checked.ok) return checked;
  const next = { ...preference, content, totalCents: checked.value, updatedMs: world.clock.now() };
  world.tables.preferences.put(preference.id, next);
  return allow(next);
};

const checkContent = (content: JsonObject): Decision<number, PreferenceRefusal> => {
  const backUrls = content["back_urls"];
  const success = isJsonObject(backUrls) ? backUrls["success"] : undefined;
  if (content["auto_return"] !== undefined && (typeof success !== "string" || success === ""))
    return refuse("invalid_auto_return");
  for (const name of ["expiration_date_from", "expiration_date_to", "date_of_expiration"]) {
    const date = content[name];
    if (date !== undefined && date !== null && (typeof date !== "string" || instantMs(date) === undefined))
      return refuse("bad_expiration", [name]);
  }
  return sumOfItems(content["items"]);
};

const sumOfItems = (items: JsonObject[string]): Decision<number, "bad_amount"> => {
  let totalCents = 0;
  for (const item of Array.isArray(items) ? items : []) {
    if (!isJsonObject(item)) return refuse("bad_amount");
    const unitCents = centsOfReais(Number(item["unit_price"]));
    const quantity = Number(item["quantity"]);
    if (unitCents === undefined || unitCents <= 0 || !Number.isInteger(quantity)) return refuse("bad_amount");
    totalCents += unitCents * quantity;
  }
  return totalCents > 0 ? allow(totalCents) : refuse("bad_amount");
};
