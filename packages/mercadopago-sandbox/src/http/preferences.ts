import { offsetDate } from "../domain/dates.ts";
import { reaisOfCents } from "../domain/money.ts";
import { itemsOf, type Preference } from "../domain/preference.ts";
import type { Answer } from "../idempotency.ts";
import type { JsonObject } from "../json.ts";
import {
  createPreference,
  type PreferenceInput,
  type PreferenceRefusal,
  updatePreference,
} from "../use-cases/create-preference.ts";
import type { World } from "../world.ts";
import { preferenceSchema, preferenceUpdateSchema } from "./classic-schemas.ts";
import type { AddOperation, Call } from "./operation.ts";
import { pageOf } from "./paging.ts";
import { classicRefusal } from "./refusals.ts";

/** Checkout Pro: payment links. */
export const addPreferences = (add: AddOperation, world: World): void => {
  add<PreferenceInput>({
    method: "POST",
    url: "/checkout/preferences",
    family: "classic",
    key: "optional",
    body: preferenceSchema,
    run: ({ seller, body }) => {
      const decision = createPreference(world, { seller, input: body });
      if (!decision.ok) return refusal(decision.code, decision.details);
      return { status: 201, body: presentPreference(world, decision.value) };
    },
  });
  add({ method: "GET", url: "/checkout/preferences/search", family: "classic", run: (call) => search(world, call) });
  add({
    method: "GET",
    url: "/checkout/preferences/:id",
    family: "classic",
    run: (call) => {
      const preference = ownPreference(world, call);
      if (preference === undefined) return notFound(call);
      return { status: 200, body: presentPreference(world, preference) };
    },
  });
  add<JsonObject>({
    method: "PUT",
    url: "/checkout/preferences/:id",
    family: "classic",
    key: "optional",
    body: preferenceUpdateSchema,
    run: (call) => {
      const preference = ownPreference(world, call);
      if (preference === undefined) return notFound(call);
      const decision = updatePreference(world, { preference, change: call.body });
      if (!decision.ok) return refusal(decision.code, decision.details);
      return { status: 200, body: presentPreference(world, decision.value) };
    },
  });
};

const ownPreference = (world: World, { params, seller }: Call<unknown>): Preference | undefined => {
  const preference = world.tables.preferences.get(params["id"] ?? "");
  return preference?.userId === seller.userId ? preference : undefined;
};

const search = (world: World, { seller, query }: Call<unknown>): Answer => {
  const reference = query["external_reference"];
  const candidates =
    reference === undefined
      ? [...world.tables.preferences.values()]
      : world.indexes.preferencesByReference(`${seller.userId} ${reference}`);
  const found = candidates.filter((preference) => preference.userId === seller.userId).toReversed();
  const page = pageOf(found, query);
  const elements = page.rows.map((preference) => ({
    ...presentPreference(world, preference),
    live_mode: false,
    shipping_mode: "",
    sponsor_id: 0,
  }));
  return { status: 200, body: { elements, next_offset: page.offset + elements.length, total: found.length } };
};

const presentPreference = (world: World, preference: Preference) => ({
  additional_info: "",
  auto_return: "",
  back_urls: { failure: "", pending: "", success: "" },
  binary_mode: false,
  coupon_code: null,
  coupon_labels: null,
  date_of_expiration: null,
  expiration_date_from: null,
  expiration_date_to: null,
  expires: false,
  external_reference: "",
  internal_metadata: null,
  marketplace: "NONE",
  marketplace_fee: 0,
  metadata: {},
  notification_url: null,
  payer: {},
  payment_methods: {},
  processing_modes: null,
  product_id: null,
  redirect_urls: { failure: "", pending: "", success: "" },
  shipments: {},
  ...preference.content,
  items: itemsOf(preference).map((item) => ({ category_id: "", currency_id: "BRL", description: "", ...item })),
  client_id: preference.applicationId,
  collector_id: Number(preference.userId),
  date_created: offsetDate(preference.createdMs),
  id: preference.id,
  init_point: checkoutUrl(world, preference),
  last_updated: offsetDate(preference.updatedMs),
  operation_type: "regular_payment",
  sandbox_init_point: checkoutUrl(world, preference),
  site_id: "MLB",
  total_amount: reaisOfCents(preference.totalCents),
});

/** Where the buyer pays: the shape of the real link, served by this sandbox. */
const checkoutUrl = (world: World, preference: Preference) =>
  `${world.publicUrl()}/checkout/v1/redirect?pref_id=${preference.id}`;

const notFound = (call: Call<unknown>): Answer =>
  classicRefusal({
    status: 404,
    error: "not_found",
    message: `The preference ${call.params["id"]} was not found`,
    cause: null,
  });

const refusal = (code: PreferenceRefusal, details: string[] = []): Answer => {
  switch (code) {
    case "invalid_auto_return":
      return classicRefusal({
        status: 400,
        error: "invalid_auto_return",
        message: "auto_return invalid. back_url.success must be defined",
        cause: null,
      });
    case "bad_amount":
      return classicRefusal({
        status: 400,
        error: "invalid_items",
        message: "items invalid. quantity and unit_price must be positive, unit_price with two decimals at most",
        cause: null,
      });
    case "bad_expiration":
      return classicRefusal({
        status: 400,
        error: "invalid_expiration_date",
        message: `${details.join(", ")} invalid. must be an ISO 8601 date with offset`,
        cause: null,
      });
  }
};
