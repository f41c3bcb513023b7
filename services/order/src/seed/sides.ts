import type { SampleProduct } from "./sample-product.ts";

export const sides: readonly SampleProduct[] = [
  {
    name: "Batata Frita",
    description: "Batata palito crocante por fora e macia por dentro, com sal na medida.",
    priceCents: 1390,
    portion: "200 g",
    allergens: [],
    imageAlt: "Cesta de batatas fritas douradas",
    optionGroups: [
      {
        name: "Cobertura",
        min: 0,
        max: 2,
        options: [
          { name: "Cheddar cremoso", priceCents: 450 },
          { name: "Bacon em cubinhos", priceCents: 450 },
        ],
      },
    ],
    removable: ["sal"],
  },
  {
    name: "Anéis de Cebola",
    description: "Oito anéis empanados e crocantes, servidos com molho barbecue.",
    priceCents: 1590,
    portion: "8 unidades (160 g)",
    allergens: ["glúten", "soja", "corantes"],
    imageAlt: "Anéis de cebola empanados empilhados ao lado de um potinho de molho",
    removable: ["molho barbecue"],
  },
  {
    name: "Pão de Queijo",
    description: "Quentinho, com casquinha fina e bastante queijo meia cura. Assado o dia inteiro.",
    priceCents: 990,
    portion: "6 unidades (150 g)",
    allergens: ["leite", "lactose", "ovo"],
    imageAlt: "Pães de queijo dourados, um deles aberto e fumegante",
  },
  {
    name: "Salada da Casa",
    description: "Folhas frescas, tomate-cereja, cenoura ralada e castanhas, com molho de mostarda e mel à parte.",
    priceCents: 1690,
    portion: "180 g",
    allergens: ["castanhas"],
    imageAlt: "Tigela de salada colorida com castanhas por cima",
    removable: ["castanhas", "cenoura ralada", "molho de mostarda e mel"],
  },
];
