/** What somebody can agree to, each by itself. */
export const CONSENT_PURPOSES = ["recognition", "marketing"] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

/** The words people are shown now. Other words get another version; the ledger tells who saw which. */
export const CONSENT_TEXTS: Readonly<Record<ConsentPurpose, { readonly version: string; readonly text: string }>> = {
  recognition: {
    version: "2026-11",
    text: "Guardamos seu nome, e-mail e, se você informar, CPF para reconhecer você nos próximos pedidos.",
  },
  marketing: { version: "2026-11", text: "Podemos enviar novidades e ofertas da lanchonete para o seu e-mail." },
};

/** One entry of the ledger. */
export type Consent = {
  readonly purpose: ConsentPurpose;
  readonly version: string;
  readonly isGiven: boolean;
  readonly how: "register" | "self" | "admin";
  readonly at: Date;
};

/** How a purpose stands: its latest entry, `null` when nothing was ever said. */
export function standingOf(ledger: readonly Consent[], purpose: ConsentPurpose): Consent | null {
  return ledger.findLast((entry) => entry.purpose === purpose) ?? null;
}
