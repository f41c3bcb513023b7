import { onlyLive } from "../finding.ts";

/** What only a real payment, or the panel, can tell: the open questions that no program can answer. */
export const onlyLiveFindings = [
  onlyLive(
    "Assinatura de um pagamento real",
    "id em maiúsculas ou minúsculas, ts em ms ou s: as duas formas são aceitas; o registro da notificação diz qual veio",
  ),
  onlyLive(
    "Notificação repetida",
    "se x-request-id e ts mudam a cada tentativa: repita uma no painel e veja GET /payments/{id}/transactions",
  ),
  onlyLive("QR pago por outro banco", "pague um QR com o aplicativo de outro banco e veja como o pagamento aparece"),
  onlyLive("Pagar no último segundo", "pague um QR segundos antes do fim e veja o pedido"),
  onlyLive("Devolução em parte, e sem saldo", "devolva parte de um pagamento real; e um com o saldo zerado"),
  onlyLive("Lista de qualidade do painel", "abra “Qualidade da integração” e compare com docs/mercadopago-quality.md"),
] as const;
