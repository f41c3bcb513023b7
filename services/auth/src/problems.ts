import { type ProblemCatalogue, problemsOf } from "@comanda/service-kit";

/** Every refusal of auth's own, beside those of the house. `POST /token` answers in the words of RFC 6749 instead. */
export const authProblems = {
  "cpf-unknown": {
    status: 404,
    title: { pt: "CPF não cadastrado", en: "CPF not registered" },
    detail: {
      pt: "Não encontramos um cadastro com este CPF. Você pode continuar sem se identificar.",
      en: "We found nobody registered with this CPF. You can go on without it.",
    },
  },
  "email-taken": {
    status: 409,
    title: { pt: "E-mail já cadastrado", en: "E-mail taken" },
    detail: { pt: "Já existe um cadastro com este e-mail.", en: "This e-mail is registered already." },
  },
  "cpf-taken": {
    status: 409,
    title: { pt: "CPF já cadastrado", en: "CPF taken" },
    detail: { pt: "Já existe um cadastro com este CPF.", en: "This CPF is registered already." },
  },
  "idempotency-key-reused": {
    status: 422,
    title: { pt: "Chave de idempotência reutilizada", en: "Idempotency key reused" },
    detail: {
      pt: "Esta Idempotency-Key já foi usada com outro conteúdo. Gere uma nova para cada pedido.",
      en: "This Idempotency-Key was used with other content. Make a new one for each request.",
    },
  },
} as const satisfies ProblemCatalogue;

/** Throws one of auth's own problems. */
export const authProblem = problemsOf(authProblems);
