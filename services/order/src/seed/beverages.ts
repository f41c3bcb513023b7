import type { SampleOptionGroup, SampleProduct } from "./sample-product.ts";

const chill: SampleOptionGroup = {
  name: "Como prefere?",
  min: 0,
  max: 2,
  options: [
    { name: "Com gelo", priceCents: 0 },
    { name: "Com rodela de limão", priceCents: 0 },
  ],
};

export const beverages: readonly SampleProduct[] = [
  {
    name: "Refrigerante Lata",
    description: "Bem gelado, direto da geladeira. Escolha o seu sabor.",
    priceCents: 690,
    portion: "350 ml",
    allergens: ["corantes"],
    imageAlt: "Lata de refrigerante gelada com gotinhas",
    optionGroups: [
      {
        name: "Sabor",
        min: 1,
        max: 1,
        options: [
          { name: "Cola", priceCents: 0 },
          { name: "Cola sem açúcar", priceCents: 0 },
          { name: "Guaraná", priceCents: 0 },
          { name: "Laranja", priceCents: 0 },
        ],
      },
      chill,
    ],
  },
  {
    name: "Suco de Laranja",
    description: "Espremido na hora, sem água e sem açúcar.",
    priceCents: 1090,
    portion: "400 ml",
    allergens: [],
    imageAlt: "Copo alto de suco de laranja com uma fatia na borda",
    optionGroups: [chill],
  },
  {
    name: "Suco de Maracujá",
    description: "Polpa de fruta batida com água gelada; azedinho no ponto certo.",
    priceCents: 990,
    portion: "400 ml",
    allergens: [],
    imageAlt: "Copo de suco de maracujá com sementes",
    optionGroups: [chill],
    removable: ["açúcar"],
  },
  {
    name: "Água Mineral",
    description: "Garrafinha gelada, com ou sem gás.",
    priceCents: 450,
    portion: "500 ml",
    allergens: [],
    imageAlt: "Garrafa de água mineral gelada",
    optionGroups: [
      {
        name: "Com ou sem gás",
        min: 1,
        max: 1,
        options: [
          { name: "Sem gás", priceCents: 0 },
          { name: "Com gás", priceCents: 0 },
        ],
      },
    ],
  },
  {
    name: "Milk-shake de Chocolate",
    description: "Sorvete cremoso batido com leite e calda de chocolate, coberto com chantili.",
    priceCents: 1690,
    portion: "400 ml",
    allergens: ["leite", "lactose", "soja", "corantes"],
    imageAlt: "Milk-shake de chocolate com chantili e calda escorrendo",
    removable: ["chantili", "calda de chocolate"],
  },
];
