import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aCharge, aFact, momentAt } from "../../test/builders.ts";
import type { FlowEntry } from "../domain/charge.ts";
import { noteProviderFact } from "../domain/provider-facts.ts";
import { decodeCharge } from "../storage/charge-document.ts";
import { STEP_ALARM_WORDS, STEP_WORDS } from "./step-words.ts";
import { tellSteps } from "./tell-step.ts";

const golden = join(import.meta.dirname, "../../test/stores/golden");
const inPortuguese = { notices: new Map(), language: "pt" } as const;

describe("the steps of a charge in words", () => {
  it.each(readdirSync(golden))("when %s is of a past format, then it is still told", (name) => {
    const document: unknown = JSON.parse(readFileSync(join(golden, name), "utf8"));
    const charge = decodeCharge({ document, nextCheckAt: null, unsent: [] });
    const steps = tellSteps({ charge, ...inPortuguese });
    expect(steps).toHaveLength(charge.entries.length + charge.ledger.length);
    for (const { summary } of steps) expect(summary).not.toMatch(/^$|\{\w+\}|undefined/);
    expect(steps.map(({ code }) => code)).toContain("money-booked-back");
  });

  it("when a request of years ago says nothing of itself, then what was asked is told all the same", () => {
    const charge = aCharge();
    const steps = tellSteps({ charge, ...inPortuguese });
    expect(charge.entries[1]?.detail).toEqual({});
    expect(steps[1]).toMatchObject({
      code: "charge-asked",
      summary: "Pedimos ao Mercado Pago a cobrança de R$ 100,00.",
      detail: { idempotency_key: `create-${charge.id}`, amount_cents: 10_000, time: 1, expires_in_s: 300 },
    });
  });

  // A charge has failed when it was refused or had no terminal to go to: Mercado Pago may well have answered.
  it("when a charge could not be made, then nobody is told that Mercado Pago did not answer", () => {
    const entry: FlowEntry = { at: new Date(0), kind: "event", summary: "comanda.payment.failed", detail: {} };
    expect(tellSteps({ charge: aCharge({ entries: [entry] }), ...inPortuguese })).toMatchObject([
      { code: "event-written", summary: "O pedido é avisado: cobrança sem efeito (não pôde ser feita)." },
    ]);
  });

  it("when nobody has words for a step, then it is told as it was written, without what is personal", () => {
    const entry: FlowEntry = { at: new Date(0), kind: "decision", summary: "asked m@x.br {amount}", detail: {} };
    expect(tellSteps({ charge: aCharge({ entries: [entry] }), ...inPortuguese })).toMatchObject([
      { code: "other", summary: "asked *** {amount}" },
    ]);
  });

  it("when people must look, then the sentence says at what", () => {
    const charge = aCharge({ status: "expired" });
    const late = noteProviderFact(charge, { fact: aFact(charge) }, momentAt(60)).charge;
    expect(tellSteps({ charge: late, ...inPortuguese }).map(({ summary }) => summary)).toContain(
      "O Mercado Pago diz: pago, R$ 100,00. Atenção: foi pago depois de encerrado.",
    );
  });

  it("when money went back, did not, or was handed out as change, then the sentence says how much", () => {
    const refunds = [
      { id: "1", amountCents: 1_000, status: "done" },
      { id: "2", amountCents: 2_000, status: "in_process" },
      { id: "3", amountCents: 500, status: "failed" },
    ] as const;
    const charge = noteProviderFact(aCharge(), { fact: aFact(aCharge()) }, momentAt()).charge;
    const told = noteProviderFact(aCharge({ id: charge.id }), { fact: aFact(charge, { refunds }) }, momentAt()).charge;
    expect(tellSteps({ charge: told, ...inPortuguese }).find(({ code }) => code === "says-paid")?.summary).toMatch(
      /^O Mercado Pago diz: pago, R\$ 100,00; devolvidos R\$ 10,00; devolvendo R\$ 20,00; a devolução de R\$ 5,00 falhou\./,
    );
    const cash: FlowEntry = {
      at: new Date(0),
      kind: "decision",
      summary: "cash taken at the counter",
      detail: { received_cents: 20_000, change_cents: 10_000 },
    };
    const reversal = {
      at: new Date(1),
      isReversal: true,
      debit: "sales",
      credit: "customer_owed",
      amountCents: 700,
    } as const;
    const counter = aCharge({ entries: [cash], ledger: [{ ...reversal, why: "refund-wanted" }] });
    expect(tellSteps({ charge: counter, ...inPortuguese }).map(({ summary }) => summary)).toEqual([
      "R$ 200,00 recebidos no balcão, em dinheiro; troco de R$ 100,00.",
      "A devolução de R$ 7,00 não aconteceu: o dinheiro continua com a loja.",
    ]);
  });

  it("when a sentence is there in one language, then it asks for the same in the other", () => {
    const asked = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
    for (const { pt, en } of [...Object.values(STEP_WORDS), ...Object.values(STEP_ALARM_WORDS)]) {
      expect(asked(pt)).toEqual(asked(en));
    }
  });
});
