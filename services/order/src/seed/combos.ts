import type { SampleProduct } from "./sample-product.ts";

export const combos: readonly SampleProduct[] = [
  {
    name: "Combo Clássico",
    description: "Um lanche, um acompanhamento e uma bebida por um preço só. Você monta do seu jeito.",
    priceCents: 3690,
    portion: "1 pessoa",
    allergens: ["glúten", "leite", "lactose", "ovo", "soja", "corantes"],
    imageAlt: "Bandeja com hambúrguer, batata frita e refrigerante",
    slots: [
      {
        name: "Lanche",
        optional: false,
        choices: { "X-Burger": 0, "X-Salada": 200, "X-Bacon": 500, "Frango Crocante": 300, "Veggie da Horta": 400 },
      },
      {
        name: "Acompanhamento",
        optional: false,
        choices: { "Batata Frita": 0, "Anéis de Cebola": 200, "Salada da Casa": 300 },
      },
      {
        name: "Bebida",
        optional: false,
        choices: { "Refrigerante Lata": 0, "Água Mineral": 0, "Suco de Laranja": 300, "Milk-shake de Chocolate": 900 },
      },
      {
        name: "Sobremesa",
        optional: true,
        choices: { Brigadeiro: 700, "Pudim de Leite": 900, "Salada de Frutas": 900 },
      },
    ],
  },
  {
    name: "Combo Lanchinho",
    description: "Misto quente ou pão de queijo com uma bebida, para a pausa da tarde.",
    priceCents: 1690,
    portion: "1 pessoa",
    allergens: ["glúten", "leite", "lactose", "ovo", "soja", "corantes"],
    imageAlt: "Misto quente ao lado de um copo de suco de laranja",
    slots: [
      { name: "Lanchinho", optional: false, choices: { "Misto Quente": 0, "Pão de Queijo": 0 } },
      {
        name: "Bebida",
        optional: false,
        choices: { "Água Mineral": 0, "Refrigerante Lata": 100, "Suco de Maracujá": 300, "Suco de Laranja": 400 },
      },
    ],
  },
];
