import type { FastifyReply, FastifyRequest } from "fastify";

/** What `/sandbox/*` may refuse, with status and words for people. */
const problems = {
  "malformed-json": { status: 400, title: "Corpo ilegível", detail: "O corpo não é um JSON válido." },
  "invalid-body": { status: 422, title: "Corpo inválido", detail: "Confira os campos apontados em errors." },
  "body-too-large": { status: 413, title: "Corpo grande demais", detail: "O corpo passa de 1 MiB." },
  "unsupported-media-type": { status: 415, title: "Tipo de conteúdo errado", detail: "Envie application/json." },
  "unknown-code": {
    status: 404,
    title: "Cobrança desconhecida",
    detail: "Este código ou link não corresponde a nenhuma cobrança.",
  },
  "unknown-delivery": { status: 404, title: "Aviso desconhecido", detail: "Não há aviso com este identificador." },
  "already-paid": { status: 409, title: "Cobrança já paga", detail: "Esta cobrança já foi paga." },
  "charge-canceled": { status: 409, title: "Cobrança cancelada", detail: "O vendedor cancelou esta cobrança." },
  "charge-expired": { status: 409, title: "Cobrança vencida", detail: "O prazo desta cobrança acabou." },
  "charge-rejected": { status: 409, title: "Pagamento recusado", detail: "Este pagamento já foi recusado." },
  "not-yet-open": { status: 409, title: "Link ainda fechado", detail: "Este link ainda não pode ser pago." },
  "outcome-not-possible": {
    status: 409,
    title: "Desfecho impossível",
    detail: "Só um link de pagamento pode ficar pendente.",
  },
  "not-disputable": {
    status: 409,
    title: "Sem o que contestar",
    detail: "Só se contesta o que foi pago e não devolvido.",
  },
  "not-refundable": {
    status: 409,
    title: "Sem o que devolver",
    detail: "Esta cobrança não tem esse valor a devolver.",
  },
  "unknown-seller": { status: 404, title: "Vendedor desconhecido", detail: "Não há vendedor com este número." },
  "unknown-terminal": { status: 404, title: "Maquininha desconhecida", detail: "Não há maquininha com este nome." },
  "unknown-till": { status: 404, title: "Caixa desconhecido", detail: "Este vendedor não tem esse caixa." },
  "terminal-exists": { status: 409, title: "Maquininha já existe", detail: "Já há uma maquininha com este nome." },
  "nothing-at-terminal": {
    status: 409,
    title: "Nada na maquininha",
    detail: "Não há cobrança nesta maquininha.",
  },
  "not-found": { status: 404, title: "Não encontrado", detail: "Não há nada neste endereço." },
  "internal-error": { status: 500, title: "Erro interno", detail: "Algo inesperado aconteceu no simulador." },
} as const;

/** Code of a problem of the sandbox's own endpoints. */
export type ProblemCode = keyof typeof problems;

/** Answers `application/problem+json` (RFC 9457). */
export const sendProblem = (
  call: { request: FastifyRequest; reply: FastifyReply },
  problem: { code: ProblemCode; errors?: { path: string; message: string }[] },
): FastifyReply => {
  const { status, title, detail } = problems[problem.code];
  return call.reply
    .code(status)
    .type("application/problem+json; charset=utf-8")
    .send(
      JSON.stringify({
        type: `https://comanda.local/problems/${problem.code}`,
        title,
        status,
        detail,
        instance: call.request.url,
        code: problem.code,
        ...(problem.errors !== undefined && { errors: problem.errors }),
      }),
    );
};
