import type { SampleProduct } from "./sample-product.ts";

export const desserts: readonly SampleProduct[] = [
  {
    name: "Pudim de Leite",
    description: "Lisinho, sem furinhos e com bastante calda de caramelo. Receita da avó.",
    priceCents: 1190,
    portion: "130 g",
    allergens: ["leite", "lactose", "ovo"],
    imageAlt: "Fatia de pudim de leite com calda de caramelo",
    removable: ["calda de caramelo"],
  },
  {
    name: "Brownie com Sorvete",
    description: "Brownie morno de chocolate com castanhas e uma bola de sorvete de creme por cima.",
    priceCents: 1790,
    portion: "180 g",
    allergens: ["glúten", "leite", "lactose", "ovo", "castanhas", "soja"],
    imageAlt: "Brownie de chocolate com bola de sorvete derretendo",
    optionGroups: [
      {
        name: "Calda",
        min: 0,
        max: 1,
        options: [
          { name: "Chocolate", priceCents: 200 },
          { name: "Doce de leite", priceCents: 250 },
        ],
      },
    ],
    removable: ["sorvete"],
  },
  {
    name: "Brigadeiro",
    description: "Três brigadeiros de colher, feitos com cacau e granulado belga.",
    priceCents: 890,
    portion: "3 unidades (60 g)",
    allergens: ["leite", "lactose", "soja"],
    imageAlt: "Três brigadeiros em forminhas de papel",
  },
  {
    name: "Salada de Frutas",
    description: "Mamão, manga, morango, uva e banana cortados hoje, com suco de laranja. Sem açúcar.",
    priceCents: 1090,
    portion: "220 g",
    allergens: [],
    imageAlt: "Taça de salada de frutas coloridas",
    removable: ["banana"],
  },
];
