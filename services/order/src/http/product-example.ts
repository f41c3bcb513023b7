/** A product as clients see it, for the API document. */
export const productExample = {
  id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0b10",
  name: "X-Salada",
  description: "Hambúrguer de 150 g, queijo, alface e tomate no pão macio.",
  price_cents: 2490,
  category_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0b01",
  position: 1,
  enabled: true,
  available: true,
  image_url: null,
  image_alt: "Hambúrguer com salada no pão com gergelim",
  portion: "320 g",
  allergens: ["glúten", "leite"],
  option_groups: [
    {
      id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0b11",
      name: "Ponto da carne",
      min: 1,
      max: 1,
      options: [
        { id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0b12", name: "Ao ponto", price_cents: 0, available: true },
        { id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0b13", name: "Bem passada", price_cents: 0, available: true },
      ],
    },
  ],
  removable: ["cebola", "tomate"],
  slots: [],
};
