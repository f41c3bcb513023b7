import type { ChargeStatus } from "@comanda/contracts";
import type { Cents } from "@comanda/primitives";

/** How staff and guests read the state of a charge, after "esta cobrança está …". */
const SITUATIONS: Readonly<Record<ChargeStatus, string>> = {
  created: "sendo criada",
  pending: "aguardando pagamento",
  in_process: "em análise",
  approved: "paga",
  rejected: "recusada",
  expired: "vencida",
  cancelled: "cancelada",
  failed: "sem efeito (não pôde ser feita)",
  refund_pending: "em devolução",
  partially_refunded: "devolvida em parte",
  refunded: "devolvida",
  in_dispute: "em disputa",
  charged_back: "contestada e devolvida",
};

/** The status as a problem says it: `status` in English, `situation` in Portuguese. */
export function statusParams(status: ChargeStatus): { readonly status: string; readonly situation: string } {
  return { status: status.replaceAll("_", " "), situation: SITUATIONS[status] };
}

const REAIS = new Intl.NumberFormat("pt-BR", { style: "currency", currency: "BRL" });

/** Centavos as people read them: `R$ 26,80`. */
export function inReais(cents: Cents): string {
  return REAIS.format(cents / 100).replace(/\s/g, " ");
}
