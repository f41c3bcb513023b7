const byId = (id) => document.getElementById(id);
const reais = new Intl.NumberFormat("pt-BR", { style: "currency", currency: "BRL" });
const terminalId = decodeURIComponent(location.pathname.replace(/\/+$/, "").split("/").at(-1));
const address = (act) => `../sandbox/terminals/${encodeURIComponent(terminalId)}/${act}`;
/** How long a result stays on the screen, ms. */
const resultMs = 4000;

const endings = {
  processed: ["good", "Pagamento aprovado", "Retire o cartão."],
  failed: ["bad", "Pagamento recusado", "Nada foi cobrado."],
  canceled: ["idle", "Operação cancelada", "Nada foi cobrado."],
  ended: ["idle", "Operação encerrada", "O resultado está no caixa."],
  action_required: ["wait", "Verifique a maquininha", "A operação não terminou. Chame o atendente."],
};

let charge = null;
let resultUntil = 0;

const call = async (path, body) => {
  const response = await fetch(path, {
    method: "POST",
    ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? "O simulador não entendeu.");
  return answer;
};

const screen = ({ look, state, amount = "", words = "" }) => {
  document.body.dataset.look = look;
  byId("state").textContent = state;
  byId("amount").textContent = amount;
  byId("words").textContent = words;
};
const allow = (isAllowed) => {
  byId("pay").disabled = !isAllowed;
  byId("leave").disabled = !isAllowed;
};
const showResult = ({ status, amount_cents: cents }) => {
  const [look, state, words] = endings[status] ?? ["idle", "Fim", ""];
  screen({ look, state, amount: reais.format(cents / 100), words });
  allow(false);
  charge = null;
  resultUntil = Date.now() + resultMs;
  byId("left").textContent = "";
};

const show = (face) => {
  byId("merchant").textContent = face.merchant;
  byId("serial").textContent = `${face.id} · caixa ${face.external_pos_id}`;
  const had = charge;
  charge = face.charge;
  if (charge === null) {
    // It ended from afar: paid by a simulation, canceled by the till, or out of time.
    if (had !== null) return showResult({ ...had, status: "ended" });
    allow(false);
    byId("left").textContent = "";
    if (face.operating_mode === "PDV")
      return screen({
        look: "idle",
        state: "Aguardando cobrança",
        words: "O valor aparece aqui quando o caixa cobrar.",
      });
    return screen({
      look: "wait",
      state: "Fora do modo PDV",
      words: "Esta maquininha não recebe cobranças do sistema.",
    });
  }
  const isAsked = charge.transaction_detail === "cancellation_requested";
  const isShown = charge.status === "at_terminal";
  allow(isShown);
  screen({
    look: "ready",
    state: isAsked ? "O caixa pediu para cancelar" : "Insira ou aproxime o cartão",
    amount: reais.format(charge.amount_cents / 100),
    words: charge.description ?? "",
  });
  const seconds = Math.max(0, Math.round((Date.parse(charge.expires_at) - Date.now()) / 1000));
  byId("left").textContent = `Restam ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

const refresh = async () => {
  if (Date.now() < resultUntil) return;
  try {
    show(await call(address("fetch")));
  } catch (error) {
    allow(false);
    screen({
      look: "bad",
      state: "Sem comunicação",
      words: error instanceof TypeError ? "O simulador não respondeu." : error.message,
    });
  }
};

for (const button of document.querySelectorAll("[data-action]")) {
  button.addEventListener("click", async () => {
    const { action } = button.dataset;
    allow(false);
    try {
      showResult(
        await call(address("act"), {
          action,
          ...(action === "approve" && { method: byId("method").value }),
          ...(action === "refuse" && { reason: byId("reason").value }),
        }),
      );
    } catch {
      await refresh();
    }
  });
}
void refresh();
setInterval(() => void refresh(), 1000);
