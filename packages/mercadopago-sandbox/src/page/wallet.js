const byId = (id) => document.getElementById(id);
const reais = new Intl.NumberFormat("pt-BR", { style: "currency", currency: "BRL" });
const money = (cents) => reais.format(cents / 100);
const closedWords = {
  paid: "Esta cobrança já foi paga.",
  canceled: "O vendedor cancelou esta cobrança.",
  expired: "O prazo desta cobrança acabou.",
  rejected: "Este pagamento já foi recusado.",
  not_yet: "Este link ainda não pode ser pago.",
};
const icons = {
  approved: '<svg viewBox="0 0 24 24"><path d="M5 12.5l4.5 4.5L19 7.5"/></svg>',
  rejected: '<svg viewBox="0 0 24 24"><path d="M7 7l10 10M17 7L7 17"/></svg>',
  pending: '<svg viewBox="0 0 24 24"><circle cx="12" cy="12" r="8"/><path d="M12 8v4.5l3 2"/></svg>',
};
const results = {
  approved: ["Pagamento aprovado", ({ merchant }) => `${merchant} recebe o aviso em instantes.`],
  rejected: [
    "Pagamento recusado",
    ({ kind }) => `Nada foi cobrado.${kind === "payment" ? "" : " A cobrança continua aberta para outra tentativa."}`,
  ],
  pending: ["Pagamento pendente", () => "O Pix foi gerado e espera a transferência."],
};

let charge = null;

const call = async (path, options = {}) => {
  const headers = options.body === undefined ? {} : { "content-type": "application/json" };
  const response = await fetch(path, { ...options, headers });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? "O simulador não entendeu.");
  return body;
};
const post = (path, body) => call(path, { method: "POST", body: JSON.stringify(body) });

const show = (name) => {
  for (const id of ["home", "confirm", "result"]) byId(id).hidden = id !== name;
  byId(`${name}-title`).focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
};
const say = (id, words) => {
  byId(id).textContent = words;
  byId(id).hidden = words === "";
};
const wordsOf = (error) => (error instanceof TypeError ? "O simulador não respondeu. Tente de novo." : error.message);

const target = (text) => (/^https?:|^\d+-[0-9a-f-]{36}$/i.test(text) ? { payment_link: text } : { qr_code: text });
const codeOf = (view) => (view.qr_code !== null ? { qr_code: view.qr_code } : { payment_link: view.payment_link });

const timeLeft = (iso) => {
  const seconds = Math.max(0, Math.round((Date.parse(iso) - Date.now()) / 1000));
  if (seconds >= 5400) return new Date(iso).toLocaleString("pt-BR", { dateStyle: "short", timeStyle: "short" });
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
};

const openCharge = (view) => {
  if (view.status !== "open") return say("scan-error", closedWords[view.status]);
  charge = view;
  say("scan-error", "");
  say("pay-error", "");
  byId("amount").textContent = money(view.amount_cents);
  byId("merchant").textContent = view.merchant;
  byId("description").textContent = view.description;
  byId("expiry-row").hidden = view.expires_at === null;
  byId("approve").textContent = `Pagar ${money(view.amount_cents)}`;
  byId("pend").hidden = view.kind !== "preference";
  tick();
  show("confirm");
};
const tick = () => {
  if (charge !== null && charge.expires_at !== null) byId("expiry").textContent = timeLeft(charge.expires_at);
};

const scan = async (text) => {
  if (text === "") return say("scan-error", "Cole um código ou um link para continuar.");
  try {
    openCharge(await post("sandbox/scan", target(text)));
  } catch (error) {
    say("scan-error", wordsOf(error));
    byId("code").focus();
  }
};

const pay = async (outcome) => {
  const buttons = byId("confirm").querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  try {
    await post("sandbox/pay", { ...codeOf(charge), outcome });
    const [title, words] = results[outcome];
    byId("badge").className = `badge ${outcome}`;
    byId("badge").innerHTML = icons[outcome];
    byId("result-title").textContent = title;
    byId("result-amount").textContent = money(charge.amount_cents);
    byId("result-words").textContent = words(charge);
    show("result");
  } catch (error) {
    say("pay-error", wordsOf(error));
  } finally {
    for (const button of buttons) button.disabled = false;
  }
};

const chargeButton = (view) => {
  const [item, button, what] = ["li", "button", "span"].map((name) => document.createElement(name));
  const [title, detail, much] = ["strong", "small", "span"].map((name) => document.createElement(name));
  button.type = "button";
  button.className = "charge";
  what.className = "what";
  much.className = "much";
  title.textContent = view.description;
  detail.textContent = view.kind === "preference" ? `${view.merchant} · link` : `${view.merchant} · QR Pix`;
  much.textContent = money(view.amount_cents);
  what.append(title, detail);
  button.append(what, much);
  button.dataset.id = view.id;
  button.addEventListener("click", () => openCharge(view));
  item.append(button);
  return item;
};
let shown = "";
const refresh = async () => {
  if (byId("home").hidden || document.hidden) return;
  const { items } = await call("sandbox/charges");
  const list = byId("charges");
  const now = items.map(({ id }) => id).join();
  byId("no-charges").hidden = items.length > 0;
  if (now === shown) return;
  shown = now;
  const focused = document.activeElement?.dataset?.id;
  list.replaceChildren(...items.map(chargeButton));
  if (focused !== undefined) list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
};

const showFaults = (faults) => {
  byId("latency").value = faults.latency_ms;
  byId("errors").value = Math.round(faults.error_rate * 100);
  byId("cuts").value = Math.round(faults.timeout_after_commit_rate * 100);
  byId("webhooks").value = faults.webhooks;
  byId("down").checked = faults.down;
  const isOn = Object.entries(faults).some(([name, value]) =>
    name === "webhooks"
      ? value !== "normal"
      : !/delay_ms|seed|signature|_ts|_case|merchant_order/.test(name) && Boolean(value),
  );
  byId("faults-state").textContent = isOn ? "falhas ativas" : "tudo normal";
  byId("faults-state").classList.toggle("on", isOn);
};
const applyFaults = async (work, words) => {
  try {
    showFaults(await work());
    byId("faults-said").textContent = words;
  } catch (error) {
    byId("faults-said").textContent = wordsOf(error);
  }
};
const rateOf = (id) => Math.min(Math.max(Number(byId(id).value) || 0, 0), 100) / 100;

byId("scan").addEventListener("submit", (event) => {
  event.preventDefault();
  void scan(byId("code").value.trim());
});
byId("approve").addEventListener("click", () => pay("approved"));
byId("reject").addEventListener("click", () => pay("rejected"));
byId("pend").addEventListener("click", () => pay("pending"));
for (const id of ["back", "again"]) {
  byId(id).addEventListener("click", () => {
    charge = null;
    byId("code").value = "";
    show("home");
    quietly(refresh);
  });
}
byId("faults").addEventListener("submit", (event) => {
  event.preventDefault();
  const faults = {
    latency_ms: Math.max(0, Math.trunc(Number(byId("latency").value) || 0)),
    error_rate: rateOf("errors"),
    timeout_after_commit_rate: rateOf("cuts"),
    webhooks: byId("webhooks").value,
    down: byId("down").checked,
  };
  void applyFaults(() => post("sandbox/faults", faults), "Falhas aplicadas.");
});
byId("faults-clear").addEventListener("click", () =>
  applyFaults(() => call("sandbox/faults", { method: "DELETE" }), "Tudo voltou ao normal."),
);

// The next poll tries again; a page that is only looking has nothing to complain about.
const quietly = (work) => void work().catch(() => {});
quietly(refresh);
quietly(async () => showFaults(await call("sandbox/faults")));
setInterval(() => quietly(refresh), 2000);
setInterval(tick, 1000);
const given = new URLSearchParams(location.search).get("code");
if (given !== null) {
  byId("code").value = given;
  void scan(given.trim());
}
