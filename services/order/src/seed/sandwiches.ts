import type { SampleOptionGroup, SampleProduct } from "./sample-product.ts";

const doneness: SampleOptionGroup = {
  name: "Ponto da carne",
  min: 1,
  max: 1,
  options: [
    { name: "Ao ponto", priceCents: 0 },
    { name: "Bem passada", priceCents: 0 },
    { name: "Malpassada", priceCents: 0 },
  ],
};

const extras: SampleOptionGroup = {
  name: "Adicionais",
  min: 0,
  max: 4,
  options: [
    { name: "Bacon crocante", priceCents: 500 },
    { name: "Queijo prato", priceCents: 350 },
    { name: "Ovo frito", priceCents: 300 },
    { name: "Cebola caramelizada", priceCents: 300 },
    { name: "Hambúrguer extra de 150 g", priceCents: 990 },
  ],
};

export const sandwiches: readonly SampleProduct[] = [
  {
    name: "X-Burger",
    description: "Hambúrguer de 150 g grelhado na chapa, queijo prato derretido e maionese da casa no pão macio.",
    priceCents: 2190,
    portion: "240 g",
    allergens: ["glúten", "leite", "lactose", "ovo", "soja"],
    imageAlt: "Hambúrguer com queijo derretido escorrendo pela lateral do pão",
    optionGroups: [doneness, extras],
    removable: ["queijo", "maionese da casa"],
  },
  {
    name: "X-Salada",
    description: "O clássico: hambúrguer de 150 g, queijo prato, alface crespa, tomate fresco e cebola roxa.",
    priceCents: 2490,
    portion: "310 g",
    allergens: ["glúten", "leite", "lactose", "ovo", "soja"],
    imageAlt: "Hambúrguer alto com alface, rodelas de tomate e queijo",
    optionGroups: [doneness, extras],
    removable: ["alface", "tomate", "cebola roxa", "maionese da casa"],
  },
  {
    name: "X-Bacon",
    description: "Hambúrguer de 150 g coberto com muito bacon crocante, queijo cheddar e molho barbecue defumado.",
    priceCents: 2890,
    portion: "320 g",
    allergens: ["glúten", "leite", "lactose", "soja", "corantes"],
    imageAlt: "Hambúrguer com fatias de bacon crocante e cheddar derretido",
    optionGroups: [doneness, extras],
    removable: ["cheddar", "molho barbecue"],
  },
  {
    name: "X-Tudo",
    description: "Para fome de verdade: hambúrguer, presunto, queijo, bacon, ovo, salsicha, milho e batata palha.",
    priceCents: 3490,
    portion: "450 g",
    allergens: ["glúten", "leite", "lactose", "ovo", "soja", "corantes"],
    imageAlt: "Sanduíche enorme recheado com hambúrguer, ovo, bacon e batata palha",
    optionGroups: [doneness, extras],
    removable: ["presunto", "ovo", "salsicha", "milho", "batata palha", "alface", "tomate"],
  },
  {
    name: "Frango Crocante",
    description: "Peito de frango empanado e sequinho, alface americana e maionese de limão no pão com gergelim.",
    priceCents: 2690,
    portion: "290 g",
    allergens: ["glúten", "ovo", "soja", "leite"],
    imageAlt: "Sanduíche de frango empanado dourado com alface",
    optionGroups: [extras],
    removable: ["alface americana", "maionese de limão"],
  },
  {
    name: "Veggie da Horta",
    description:
      "Hambúrguer de grão-de-bico e beterraba, rúcula, tomate assado e pasta de tahine. Sem ingrediente animal.",
    priceCents: 2790,
    portion: "300 g",
    allergens: ["glúten", "soja"],
    imageAlt: "Hambúrguer vegetal avermelhado com rúcula e tomate assado",
    removable: ["rúcula", "tomate assado", "pasta de tahine"],
  },
  {
    name: "Misto Quente",
    description: "Pão de forma na chapa com manteiga, presunto e muito queijo puxando. Simples e perfeito.",
    priceCents: 1290,
    portion: "160 g",
    allergens: ["glúten", "leite", "lactose", "soja", "corantes"],
    imageAlt: "Misto quente dourado cortado na diagonal com queijo puxando",
    removable: ["manteiga", "presunto"],
  },
];
