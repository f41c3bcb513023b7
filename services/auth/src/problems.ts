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
  "email-refused": {
    status: 409,
    title: { pt: "E-mail recusado", en: "E-mail refused" },
    detail: {
      pt: "O servidor de e-mail não entrega neste endereço. Corrija o e-mail do cadastro, ou peça ajuda no balcão.",
      en: "The mail server does not deliver to this address. Correct the e-mail, or ask at the counter.",
    },
  },
  "cpf-taken": {
    status: 409,
    title: { pt: "CPF já cadastrado", en: "CPF taken" },
    detail: { pt: "Já existe um cadastro com este CPF.", en: "This CPF is registered already." },
  },
  "own-account": {
    status: 403,
    title: { pt: "Sua própria conta", en: "Your own account" },
    detail: {
      pt: "Isto não se faz na própria conta; peça a outro administrador.",
      en: "This is not done to one's own account; ask another administrator.",
    },
  },
  "code-unusable": {
    status: 404,
    title: { pt: "Código inválido", en: "Invalid code" },
    detail: {
      pt: "Este código não existe, venceu ou já foi usado. Peça outro a um administrador.",
      en: "This code does not exist, has expired or was used. Ask an administrator for another.",
    },
  },
  "wrong-password": {
    status: 422,
    title: { pt: "Senha incorreta", en: "Wrong password" },
    detail: { pt: "A senha não confere.", en: "The password is not the right one." },
  },
  "wrong-code": {
    status: 422,
    title: { pt: "Código incorreto", en: "Wrong code" },
    detail: {
      pt: "O código não confere ou já foi usado. Espere o próximo e tente de novo.",
      en: "The code is wrong or was used before. Wait for the next one and try again.",
    },
  },
  "second-factor-in-use": {
    status: 409,
    title: { pt: "Segundo fator já cadastrado", en: "Second factor in use" },
    detail: {
      pt: "O segundo fator já está ativo. Desative-o antes de cadastrar outro.",
      en: "The second factor is in use. Disable it before setting up another.",
    },
  },
  "second-factor-not-begun": {
    status: 409,
    title: { pt: "Segundo fator não iniciado", en: "Second factor not begun" },
    detail: {
      pt: "Comece o cadastro do segundo fator antes de confirmar.",
      en: "Begin setting up the second factor before confirming it.",
    },
  },
  "cpf-fixed": {
    status: 409,
    title: { pt: "CPF não muda por aqui", en: "The CPF is not changed here" },
    detail: {
      pt: "Seu cadastro já tem um CPF. Para corrigi-lo, fale com a lanchonete.",
      en: "Your account already has a CPF. To correct it, talk to the shop.",
    },
  },
  "last-admin": {
    status: 409,
    title: { pt: "Último administrador", en: "Last administrator" },
    detail: {
      pt: "A loja precisa de ao menos um administrador ativo; crie outro antes.",
      en: "The shop needs at least one active administrator; make another first.",
    },
  },
  "verification-needed": {
    status: 401,
    title: { pt: "Confirme que é você", en: "Confirm it is you" },
    detail: {
      pt: "Só o CPF não basta aqui. Peça o código por e-mail e confirme.",
      en: "A CPF is not enough here. Ask for the code by e-mail and confirm it.",
    },
  },
  "code-not-good": {
    status: 401,
    title: { pt: "Código incorreto", en: "Wrong code" },
    detail: {
      pt: "O código não confere, venceu ou já foi usado. Peça outro.",
      en: "The code is wrong, has expired or was used. Ask for another.",
    },
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

/** Makes one of auth's own problems, to be thrown by a route. */
export const authProblem = problemsOf(authProblems);
