import type { Chargeback, DisputeOutcome } from "../domain/chargeback.ts";
import { offsetDate } from "../domain/dates.ts";
import { reaisOfCents } from "../domain/money.ts";
import type { World } from "../world.ts";
import type { AddOperation } from "./operation.ts";
import { pageOf } from "./paging.ts";
import { classicRefusal } from "./refusals.ts";

/** Chargebacks: read and search. They are opened by `POST /sandbox/chargebacks`. */
export const addChargebacks = (add: AddOperation, world: World): void => {
  add({
    method: "GET",
    url: "/v1/chargebacks/search",
    family: "classic",
    run: ({ seller, query }) => {
      const number = query["payment_id"];
      const found =
        number === undefined
          ? world.indexes.chargebacksBySeller(seller.userId)
          : world.indexes.chargebacksByPayment(`${seller.userId} ${number}`);
      const { rows, limit, offset } = pageOf(found.toReversed(), query);
      const paging = { total: found.length, limit, offset };
      return { status: 200, body: { paging, results: rows.map(presentChargeback) } };
    },
  });
  add({
    method: "GET",
    url: "/v1/chargebacks/:id",
    family: "classic",
    run: ({ seller, params }) => {
      const chargeback = world.tables.chargebacks.get(params["id"] ?? "");
      if (chargeback?.userId !== seller.userId)
        return classicRefusal({ status: 404, error: "not_found", message: "Chargeback not found" });
      return { status: 200, body: presentChargeback(chargeback) };
    },
  });
};

/** Claims: the complaints among the disputes, as the after-sales API shows them. */
export const addClaims = (add: AddOperation, world: World): void =>
  add({
    method: "GET",
    url: "/post-purchase/v1/claims/:id",
    family: "classic",
    run: ({ seller, params }) => {
      const claim = world.tables.chargebacks.get(params["id"] ?? "");
      if (claim?.userId !== seller.userId)
        return classicRefusal({ status: 404, error: "not_found", message: "Claim not found" });
      return { status: 200, body: presentClaim(claim) };
    },
  });

const presentClaim = (claim: Chargeback) => ({
  id: claim.id,
  type: "mediations",
  stage: claim.outcome === "in_mediation" ? "dispute" : "none",
  status: claim.outcome === "in_mediation" ? "opened" : "closed",
  resource: "payment",
  resource_id: claim.paymentNumber,
  reason_id: "PDD9939",
  fulfilled: true,
  quantity_type: "total",
  site_id: "MLB",
  players: [],
  resolution: null,
  date_created: offsetDate(claim.createdMs),
  last_updated: offsetDate(claim.updatedMs),
});

const statuses: Record<DisputeOutcome, string> = {
  in_mediation: "new",
  charged_back: "in_review",
  settled: "lost",
  reimbursed: "won",
  approved: "won",
};

const answerDays = 10;

const presentChargeback = (chargeback: Chargeback) => ({
  id: String(chargeback.id),
  payment_id: chargeback.paymentNumber,
  payments: [chargeback.paymentNumber],
  status: statuses[chargeback.outcome],
  amount: reaisOfCents(chargeback.amountCents),
  currency_id: "BRL",
  reason_id: "general",
  reason: "general",
  coverage_applied: chargeback.outcome === "reimbursed",
  coverage_eligible: true,
  documentation_required: true,
  documentation_status: "pending",
  documentation: [],
  date_documentation_deadline: offsetDate(chargeback.createdMs + answerDays * 24 * 3_600_000),
  date_created: offsetDate(chargeback.createdMs),
  last_modified: offsetDate(chargeback.updatedMs),
  date_last_updated: offsetDate(chargeback.updatedMs),
  live_mode: false,
});
