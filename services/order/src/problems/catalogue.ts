import type { ProblemCatalogue } from "@comanda/service-kit";

/** Refusals about the menu, and about a line of an order that the menu does not allow. */
export const catalogueProblems = {
  "category-name-taken": {
    status: 409,
    title: { pt: "Categoria já existe", en: "Category already exists" },
    detail: { pt: "Já há uma categoria com este nome.", en: "There is a category of this name already." },
  },
  "category-in-use": {
    status: 409,
    title: { pt: "Categoria em uso", en: "Category in use" },
    detail: {
      pt: "Há produtos nesta categoria. Mova-os ou apague-os antes.",
      en: "There are products in this category. Move or delete them first.",
    },
  },
  "category-unknown": {
    status: 422,
    title: { pt: "Categoria desconhecida", en: "Unknown category" },
    detail: { pt: "A categoria indicada não existe.", en: "The category named does not exist." },
  },
  "slot-choice-impossible": {
    status: 422,
    title: { pt: "Escolha de combo impossível", en: "Impossible combo choice" },
    detail: {
      pt: "Uma escolha do combo precisa ser um produto existente que não seja combo.",
      en: "A choice of a combo must be an existing product that is no combo itself.",
    },
  },
  "image-not-recognised": {
    status: 415,
    title: { pt: "Imagem não reconhecida", en: "Image not recognised" },
    detail: {
      pt: "O conteúdo não é uma imagem PNG, JPEG ou WebP do tipo anunciado.",
      en: "The content is not a PNG, JPEG or WebP image of the announced type.",
    },
  },
  "image-too-large": {
    status: 422,
    title: { pt: "Imagem grande demais", en: "Image too large" },
    detail: {
      pt: "A imagem pode ter até 8.192 pixels de lado e 24 milhões ao todo.",
      en: "An image may have up to 8,192 pixels a side and 24 million in all.",
    },
  },
  "product-unknown": {
    status: 422,
    title: { pt: "Produto desconhecido", en: "Unknown product" },
    detail: { pt: "Um dos produtos não está no cardápio.", en: "One of the products is not on the menu." },
  },
  "item-sold-out": {
    status: 409,
    title: { pt: "Item esgotado", en: "Item sold out" },
    detail: { pt: "{item} acabou.", en: "{item} is sold out." },
  },
  "quantity-out-of-range": {
    status: 422,
    title: { pt: "Quantidade inválida", en: "Invalid quantity" },
    detail: { pt: "A quantidade vai de {min} a {max}.", en: "The quantity goes from {min} to {max}." },
  },
  "option-unknown": {
    status: 422,
    title: { pt: "Opção desconhecida", en: "Unknown option" },
    detail: { pt: "{item} não tem esta opção.", en: "{item} has no such option." },
  },
  "option-repeated": {
    status: 422,
    title: { pt: "Opção repetida", en: "Repeated option" },
    detail: { pt: "{option} foi escolhido mais de uma vez.", en: "{option} was chosen more than once." },
  },
  "option-sold-out": {
    status: 409,
    title: { pt: "Opção esgotada", en: "Option sold out" },
    detail: { pt: "{option} acabou.", en: "{option} is sold out." },
  },
  "too-few-options": {
    status: 422,
    title: { pt: "Faltam opções", en: "Too few options" },
    detail: {
      pt: "Em “{group}” de {item}, escolha pelo menos {min}.",
      en: "In “{group}” of {item}, choose at least {min}.",
    },
  },
  "too-many-options": {
    status: 422,
    title: { pt: "Opções demais", en: "Too many options" },
    detail: {
      pt: "Em “{group}” de {item}, escolha no máximo {max}.",
      en: "In “{group}” of {item}, choose at most {max}.",
    },
  },
  "removal-unknown": {
    status: 422,
    title: { pt: "Ingrediente não removível", en: "Ingredient cannot be left out" },
    detail: {
      pt: "{item} não tem este ingrediente para tirar.",
      en: "{item} has no such ingredient to leave out.",
    },
  },
  "removal-repeated": {
    status: 422,
    title: { pt: "Ingrediente repetido", en: "Repeated ingredient" },
    detail: {
      pt: "Um ingrediente de {item} foi tirado mais de uma vez.",
      en: "An ingredient of {item} was left out more than once.",
    },
  },
  "slot-unknown": {
    status: 422,
    title: { pt: "Etapa de combo desconhecida", en: "Unknown combo slot" },
    detail: { pt: "{item} não tem esta etapa.", en: "{item} has no such slot." },
  },
  "slot-repeated": {
    status: 422,
    title: { pt: "Etapa de combo repetida", en: "Repeated combo slot" },
    detail: {
      pt: "“{slot}” de {item} foi preenchido mais de uma vez.",
      en: "“{slot}” of {item} was filled more than once.",
    },
  },
  "slot-required": {
    status: 422,
    title: { pt: "Falta uma escolha do combo", en: "Combo choice missing" },
    detail: { pt: "Escolha “{slot}” de {item}.", en: "Choose “{slot}” of {item}." },
  },
  "slot-choice-unknown": {
    status: 422,
    title: { pt: "Escolha de combo desconhecida", en: "Unknown combo choice" },
    detail: { pt: "“{slot}” não oferece este produto.", en: "“{slot}” does not offer this product." },
  },
} as const satisfies ProblemCatalogue;
