/** Text that is already safe to stand in a page. */
export type Markup = { markup: string };

/** Writes markup: whatever is put in is escaped, unless it is markup itself (or a list of it). */
export const html = (parts: TemplateStringsArray, ...values: (string | number | Markup | Markup[])[]): Markup => ({
  markup: parts.reduce((text, part, i) => text + markupOf(values[i - 1] ?? "") + part),
});

const markupOf = (value: string | number | Markup | Markup[]): string => {
  if (Array.isArray(value)) return value.map(({ markup }) => markup).join("");
  return typeof value === "object" ? value.markup : escapeText(String(value));
};

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapeText = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? "");

const reais = new Intl.NumberFormat("pt-BR", { style: "currency", currency: "BRL" });

/** Centavos as people read them: `R$ 1.234,56`. */
export const readableMoney = (cents: number): string => reais.format(cents / 100);
