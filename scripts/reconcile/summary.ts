type Sums = { readonly came_cents: number; readonly returned_cents: number };
type Side = (Sums & { readonly status: string }) | null;
type ClassName = "ours_only" | "theirs_only" | "amount" | "status" | "ledger";

/** A comparison as `GET /payments/reconciliations/{id}` answers it, as far as it is shown. */
export type Report = {
  readonly id: string;
  readonly date: string;
  readonly status: "queued" | "running" | "done" | "failed";
  readonly reason: string | null;
  readonly summary: {
    readonly compared: number;
    readonly agreeing: number;
    readonly pending: number;
    readonly counter: number;
    readonly unread: number;
    readonly found: Readonly<Record<ClassName, number>>;
    readonly open: number;
    readonly healed: number;
    readonly open_cents: number;
    readonly ours: Sums;
    readonly theirs: Sums;
    readonly counter_sums: Sums;
  } | null;
  readonly items?: readonly {
    readonly class: ClassName;
    readonly outcome: "open" | "healed";
    readonly payment_id: string | null;
    readonly provider_payment_id: string | null;
    readonly ours: Side;
    readonly theirs: Side;
    readonly difference_cents: number;
  }[];
};

const CLASSES: Readonly<Record<ClassName, string>> = {
  ours_only: "só na Comanda",
  theirs_only: "só no Mercado Pago",
  amount: "valor diferente",
  status: "situação diferente",
  ledger: "erro no livro-caixa da Comanda",
};
const SHOWN_MAX = 20;
const REAIS = new Intl.NumberFormat("pt-BR", { style: "currency", currency: "BRL" });

/** Whether nobody has to look at anything. */
export function isClean({ summary }: Report): boolean {
  return summary !== null && summary.open === 0 && summary.unread === 0;
}

/** What a person reads of it. */
export function summaryLines(report: Report): readonly string[] {
  const { summary, items = [] } = report;
  if (summary === null) return ["", "  Sem resultado."];
  const found = Object.entries(summary.found).filter(([, count]) => count > 0);
  const open = items.filter(({ outcome }) => outcome === "open");
  return [
    "",
    row("Cobranças comparadas", `${summary.compared} (${summary.agreeing} iguais)`),
    row("Ainda em andamento", String(summary.pending)),
    row("Recebidas no balcão", `${summary.counter} (${kept(summary.counter_sums)})`),
    row("Sem resposta", String(summary.unread)),
    row("Comanda", kept(summary.ours)),
    row("Mercado Pago", kept(summary.theirs)),
    ...found.map(([name, count]) => row(`Diferença: ${CLASSES[name as ClassName]}`, String(count))), // the summary's own keys
    row("Corrigidas sozinhas", String(summary.healed)),
    row("Em aberto", `${summary.open} (${inReais(summary.open_cents)})`),
    "",
    ...open.slice(0, SHOWN_MAX).map(lineOf),
    ...(open.length > SHOWN_MAX ? [`  … e mais ${open.length - SHOWN_MAX}; veja todas com --csv ARQUIVO`] : []),
    ...(open.length === 0 ? [] : [""]),
    isClean(report)
      ? "  ✓ Os dois livros dizem o mesmo."
      : "  ✗ Há o que ver: docs/reconciliation.md diz o que fazer com cada diferença.",
    "",
  ];
}

function lineOf(item: NonNullable<Report["items"]>[number]): string {
  const name = item.payment_id ?? `pagamento ${item.provider_payment_id} do Mercado Pago`;
  return `  · ${CLASSES[item.class]}: ${name}, ${sideOf(item.ours)} × ${sideOf(item.theirs)}`;
}

function sideOf(side: Side): string {
  return side === null ? "nada" : `${kept(side)} (${printable(side.status)})`;
}

/** What comes from outside must not move the cursor of a terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} _.-]/gu, "?");
}

function kept({ came_cents: came, returned_cents: returned }: Sums): string {
  return returned === 0 ? inReais(came) : `${inReais(came)} − ${inReais(returned)} devolvidos`;
}

function inReais(cents: number): string {
  return REAIS.format(cents / 100).replaceAll(/\s/g, " ");
}

function row(label: string, value: string): string {
  return `  ${label.padEnd(34)}${value}`;
}
