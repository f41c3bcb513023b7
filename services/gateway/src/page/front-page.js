const words = { up: "No ar", starting: "Iniciando", down: "Fora do ar" };
const cards = [...document.querySelectorAll("[data-service]")];
const summary = document.getElementById("summary");

// With real Mercado Pago credentials there is no simulator.
for (const card of cards) if (card.dataset.address === "") card.hidden = true;

function say(text) {
  // Only when it changed: a screen reader would read it again each time.
  if (summary.textContent !== text) summary.textContent = text;
}

function show(services) {
  for (const { name, status } of services) {
    const card = cards.find((each) => each.dataset.service === name);
    if (card === undefined || card.dataset.status === status) continue;
    card.dataset.status = status;
    card.querySelector(".state").textContent = words[status];
  }
  const missing = services.filter(({ status }) => status !== "up").length;
  say(missing === 0 ? "Tudo no ar." : `Aguardando ${missing} de ${services.length} serviços.`);
}

async function refresh() {
  try {
    const answer = await fetch("/status", { cache: "no-store" });
    show((await answer.json()).services);
  } catch {
    for (const card of cards) delete card.dataset.status;
    say("Sem contato com o servidor; tentando de novo…");
  }
  setTimeout(refresh, 3000);
}

void refresh();
