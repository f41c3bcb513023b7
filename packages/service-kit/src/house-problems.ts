import { type ProblemCatalogue, problemsOf } from "./problem.ts";

/** The refusals that every service of the house can answer. */
export const houseProblems = {
  "malformed-json": {
    status: 400,
    title: { pt: "JSON malformado", en: "Malformed JSON" },
    detail: { pt: "O corpo da requisição não é um JSON válido.", en: "The request body is not valid JSON." },
  },
  "malformed-request": {
    status: 400,
    title: { pt: "Requisição malformada", en: "Malformed request" },
    detail: { pt: "A requisição não pôde ser lida.", en: "The request could not be read." },
  },
  unauthenticated: {
    status: 401,
    title: { pt: "Não autenticado", en: "Not authenticated" },
    detail: {
      pt: "É preciso um token de acesso válido. Entre novamente.",
      en: "A valid access token is needed. Please sign in again.",
    },
  },
  "second-factor-needed": {
    status: 401,
    title: { pt: "Falta o segundo fator", en: "Second factor needed" },
    detail: {
      pt: "Cadastre o segundo fator de autenticação e entre novamente.",
      en: "Set up your second factor and sign in again.",
    },
  },
  forbidden: {
    status: 403,
    title: { pt: "Sem permissão", en: "Forbidden" },
    detail: { pt: "Seu perfil não pode fazer isto.", en: "Your role may not do this." },
  },
  "not-found": {
    status: 404,
    title: { pt: "Não encontrado", en: "Not found" },
    detail: { pt: "Não encontramos o que você procura.", en: "We could not find what you are looking for." },
  },
  "method-not-allowed": {
    status: 405,
    title: { pt: "Método não permitido", en: "Method not allowed" },
    detail: { pt: "Este endereço aceita apenas: {allow}.", en: "This address accepts only: {allow}." },
  },
  "request-timeout": {
    status: 408,
    title: { pt: "Tempo esgotado", en: "Request timeout" },
    detail: { pt: "A requisição demorou demais para chegar.", en: "The request took too long to arrive." },
  },
  "body-too-large": {
    status: 413,
    title: { pt: "Corpo grande demais", en: "Body too large" },
    detail: { pt: "O corpo da requisição passa do limite.", en: "The request body is over the limit." },
  },
  "uri-too-long": {
    status: 414,
    title: { pt: "Endereço longo demais", en: "URI too long" },
    detail: { pt: "O endereço passa do tamanho aceito.", en: "The address is longer than is accepted." },
  },
  "headers-too-large": {
    status: 431,
    title: { pt: "Cabeçalhos grandes demais", en: "Headers too large" },
    detail: { pt: "Os cabeçalhos da requisição passam do limite.", en: "The request headers are over the limit." },
  },
  "unsupported-media-type": {
    status: 415,
    title: { pt: "Tipo de conteúdo não aceito", en: "Unsupported media type" },
    detail: {
      pt: "Envie o corpo no formato que este endereço aceita.",
      en: "Send the body in a format accepted here.",
    },
  },
  "validation-failed": {
    status: 422,
    title: { pt: "Dados inválidos", en: "Invalid data" },
    detail: {
      pt: "Alguns campos precisam de correção; veja a lista de erros.",
      en: "Some fields need correction; see the list of errors.",
    },
  },
  "quota-exceeded": {
    // The name that draft-ietf-httpapi-ratelimit-headers gives it.
    type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
    status: 429,
    title: { pt: "Muitas tentativas", en: "Too many requests" },
    detail: {
      pt: "Foram feitas tentativas demais. Tente de novo em {seconds} segundos.",
      en: "There were too many requests. Try again in {seconds} seconds.",
    },
  },
  internal: {
    status: 500,
    title: { pt: "Erro interno", en: "Internal error" },
    detail: {
      pt: "Algo deu errado do nosso lado. Informe o código da requisição à equipe.",
      en: "Something went wrong on our side. Please give the request id to the staff.",
    },
  },
  unavailable: {
    status: 503,
    title: { pt: "Indisponível no momento", en: "Unavailable right now" },
    detail: {
      pt: "O serviço está temporariamente indisponível. Tente de novo em instantes.",
      en: "The service is temporarily unavailable. Please try again in a moment.",
    },
  },
} as const satisfies ProblemCatalogue;

/** Makes one of the problems that every service shares, to be thrown by a route. */
export const houseProblem = problemsOf(houseProblems);
