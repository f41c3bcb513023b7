import type { AddOperation } from "./operation.ts";

/** Who the token belongs to, and how buyers may pay. */
export const addAccount = (add: AddOperation): void => {
  add({
    method: "GET",
    url: "/users/me",
    family: "classic",
    run: ({ seller }) => ({
      status: 200,
      body: {
        id: Number(seller.userId),
        nickname: seller.nickname,
        first_name: "Teste",
        last_name: "Simulador",
        email: "test_user_br@testuser.com",
        country_id: "BR",
        site_id: "MLB",
        user_type: "normal",
        tags: ["normal", "test_user"],
        status: { site_status: "active" },
        ...unusedOfAUser,
      },
    }),
  });
  add({
    method: "GET",
    url: "/v1/identification_types",
    family: "classic",
    run: () => ({
      status: 200,
      body: [
        { id: "CPF", name: "CPF", type: "number", min_length: 11, max_length: 11 },
        { id: "CNPJ", name: "CNPJ", type: "number", min_length: 14, max_length: 14 },
      ],
    }),
  });
  add({ method: "GET", url: "/v1/payment_methods", family: "classic", run: () => ({ status: 200, body: methods }) });
};

// Clients read these members without looking; a test user has nothing in them.
const unusedOfAUser = {
  registration_date: "2026-01-01T00:00:00.000-04:00",
  gender: "",
  identification: { type: "CPF", number: "" },
  address: { address: null, city: null, state: null, zip_code: null },
  phone: { area_code: null, extension: "", number: "", verified: false },
  alternative_phone: { area_code: "", extension: "", number: "" },
  points: 0,
  permalink: "",
  seller_experience: "NEWBIE",
  bill_data: { accept_credit_note: null },
  seller_reputation: { level_id: null, power_seller_status: null, transactions: { period: "historic", total: 0 } },
  buyer_reputation: { canceled_transactions: 0, tags: [], transactions: { period: "historic" } },
  secure_email: "test_user_br@testuser.com",
  company: { brand_name: null, corporate_name: "", identification: "" },
  credit: { consumed: 0, credit_level_id: "MLB1", rank: "newbie" },
  context: {},
  registration_identifiers: [],
};

const method = (given: { id: string; name: string; payment_type_id: string; minCents: number }) => ({
  id: given.id,
  name: given.name,
  payment_type_id: given.payment_type_id,
  status: "active",
  secure_thumbnail: "",
  thumbnail: "",
  deferred_capture: "does_not_apply",
  settings: [],
  additional_info_needed: [],
  min_allowed_amount: given.minCents / 100,
  max_allowed_amount: 100_000,
  accreditation_time: 0,
  financial_institutions: [],
  processing_modes: ["aggregator"],
});

const methods = [
  method({ id: "pix", name: "PIX", payment_type_id: "bank_transfer", minCents: 1 }),
  method({ id: "account_money", name: "Dinheiro na conta", payment_type_id: "account_money", minCents: 1 }),
  method({ id: "visa", name: "Visa", payment_type_id: "credit_card", minCents: 50 }),
  method({ id: "master", name: "Mastercard", payment_type_id: "credit_card", minCents: 50 }),
  method({ id: "amex", name: "American Express", payment_type_id: "credit_card", minCents: 50 }),
  method({ id: "elo", name: "Elo", payment_type_id: "credit_card", minCents: 50 }),
  method({ id: "debelo", name: "Elo Débito", payment_type_id: "debit_card", minCents: 50 }),
];
