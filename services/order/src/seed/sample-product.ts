import type { Cents } from "@comanda/primitives";

/** The ten allergens that Brazilian state laws name (product §0.4). */
type LegalAllergen =
  | "glúten"
  | "lactose"
  | "leite"
  | "peixe"
  | "amêndoas"
  | "corantes"
  | "castanhas"
  | "soja"
  | "ovo"
  | "crustáceos";

export type SampleOptionGroup = {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly options: readonly { readonly name: string; readonly priceCents: Cents }[];
};

type SampleSlot = {
  readonly name: string;
  readonly optional: boolean;
  /** Names of products of the sample, each with what it costs on top. */
  readonly choices: Readonly<Record<string, Cents>>;
};

/** A product of the sample menu. Prices in centavos. */
export type SampleProduct = {
  readonly name: string;
  readonly description: string;
  readonly priceCents: Cents;
  readonly portion: string;
  readonly allergens: readonly LegalAllergen[];
  readonly imageAlt: string;
  readonly optionGroups?: readonly SampleOptionGroup[];
  readonly removable?: readonly string[];
  readonly slots?: readonly SampleSlot[];
};

export type SampleCategory = { readonly name: string; readonly products: readonly SampleProduct[] };
