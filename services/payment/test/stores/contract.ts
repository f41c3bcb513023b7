import { contractOfAudit } from "./contract-of-audit.ts";
import { contractOfCutAudit } from "./contract-of-audit-cut.ts";
import { contractOfCharges } from "./contract-of-charges.ts";
import { contractOfClaims } from "./contract-of-claims.ts";
import { contractOfFormats } from "./contract-of-formats.ts";
import { contractOfNotices } from "./contract-of-notices.ts";
import { contractOfOutages } from "./contract-of-outages.ts";
import { contractOfOutbox } from "./contract-of-outbox.ts";
import { contractOfPointsOfSale } from "./contract-of-points-of-sale.ts";
import { contractOfReconciliations } from "./contract-of-reconciliations.ts";
import { contractOfRequestKeys } from "./contract-of-request-keys.ts";
import { contractOfSequences } from "./contract-of-sequences.ts";
import { contractOfTrouble } from "./contract-of-trouble.ts";
import { contractOfUpgrades } from "./contract-of-upgrades.ts";
import { type StoreHarness, useStore } from "./store-harness.ts";

/** What every store of charges must do; run once per store (reliability PA-25). */
export function chargeStoreContract(harness: StoreHarness): void {
  const opened = useStore(harness);
  contractOfCharges(opened);
  contractOfFormats(opened, harness.form);
  contractOfUpgrades(opened, harness.form);
  contractOfClaims(opened);
  contractOfOutbox(opened);
  contractOfNotices(opened);
  contractOfPointsOfSale(opened);
  contractOfReconciliations(opened);
  contractOfRequestKeys(opened);
  contractOfTrouble(opened);
  contractOfSequences(opened);
  contractOfAudit(opened);
  contractOfCutAudit(harness);
  contractOfOutages(opened);
}
