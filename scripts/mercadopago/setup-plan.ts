import type { Account } from "./account.ts";
import { type Provider, pick, pickList, type Reply } from "./provider.ts";
import { type Wishes, WishFailure } from "./wishes.ts";

/** What has to be done at the provider, one after the other; each step knows what the ones before it made. */
export type Step = { readonly words: string; readonly run: (made: Made) => Promise<Made> };
/** What is known of the shop at the provider. */
export type Made = { readonly storeId: string | null };

/** What there is, what is to be done, and what no program can do. */
export type Plan = {
  readonly there: readonly string[];
  readonly steps: readonly Step[];
  readonly notes: readonly string[];
  readonly externalPosIds: readonly string[];
  readonly start: Made;
};

const EXTERNAL_STORE_ID = "COMANDALOJA";
/** Food (provider §6.1). */
const FOOD_MCC = 621_102;

/**
 * Looks at the account and says what is missing; nothing is changed. What is there already is left alone, so that a
 * second run has nothing to do.
 * @throws WishFailure when the account cannot be read, or an address is needed and was not given
 */
export async function planSetup(account: Account, wishes: Wishes, provider: Provider): Promise<Plan> {
  const userId = String(pick(need(await provider.get("/users/me"), "a conta"), "id"));
  const known = { account, wishes, provider, userId };
  const externalPosIds = posIdsOf(account.externalPosId, wishes.kiosks);
  const store = await planStore(known);
  const points = await Promise.all(externalPosIds.map((externalId, index) => planPos(known, { externalId, index })));
  const terminals = await planTerminals(known, externalPosIds);
  const parts = [store, ...points, terminals];
  return {
    there: parts.flatMap((part) => part.there),
    steps: parts.flatMap((part) => part.steps),
    notes: terminals.notes,
    externalPosIds,
    start: { storeId: store.storeId },
  };
}

type Known = {
  readonly account: Account;
  readonly wishes: Wishes;
  readonly provider: Provider;
  readonly userId: string;
};
type Part = { readonly there: readonly string[]; readonly steps: readonly Step[] };

/** The answer's body. @throws WishFailure when there is none */
function need({ status, body, fault }: Reply, what: string): unknown {
  if (status >= 200 && status < 300) return body;
  throw new WishFailure(`O Mercado Pago não deixou ler ou mudar ${what}: ${fault ?? status}.`);
}

/** `COMANDA01` and two kiosks: `COMANDA01`, `COMANDA02`. Letters and digits only, as the provider wants it. */
function posIdsOf(first: string, count: number): readonly string[] {
  const [, stem = first, digits = ""] = /^(.*?)(\d*)$/.exec(first) ?? [];
  const width = Math.max(digits.length, 1);
  const from = digits === "" ? 1 : Number(digits);
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? first : `${stem}${String(from + index).padStart(width, "0")}`,
  );
}

async function planStore({ account, wishes, provider, userId }: Known): Promise<Part & Made> {
  const search = await provider.get(`/users/${userId}/stores/search?external_id=${EXTERNAL_STORE_ID}`);
  const id = pick(need(search, "as lojas"), "results", 0, "id");
  if (id !== undefined) return { storeId: String(id), there: [`loja ${EXTERNAL_STORE_ID}`], steps: [] };
  const { address, storeName: name } = wishes;
  if (address === null && !account.isSandbox) {
    throw new WishFailure("A loja ainda não existe no Mercado Pago: diga o endereço dela para criá-la.");
  }
  const { street, number, city, state, latitude, longitude } = address ?? SANDBOX_ADDRESS;
  const body = {
    name,
    external_id: EXTERNAL_STORE_ID,
    location: {
      street_name: street,
      street_number: number,
      city_name: city,
      state_name: state,
      latitude,
      longitude,
      reference: "",
    },
  };
  const run = async () => {
    const made = need(await provider.send("POST", `/users/${userId}/stores`, { body }), "a loja");
    return { storeId: String(pick(made, "id")) };
  };
  return { storeId: null, there: [], steps: [{ words: `criar a loja “${name}”, ${street} ${number}, ${city}`, run }] };
}

const SANDBOX_ADDRESS = {
  street: "Rua do Simulador",
  number: "100",
  city: "São Paulo",
  state: "São Paulo",
  latitude: -23.55,
  longitude: -46.63,
};

async function planPos({ provider }: Known, pos: { externalId: string; index: number }): Promise<Part> {
  const { externalId, index } = pos;
  const found = need(await provider.get(`/pos?external_id=${externalId}`), "os caixas");
  if (pickList(found, "results").length > 0) return { there: [`caixa ${externalId}`], steps: [] };
  const name = `Totem ${index + 1}`;
  const run = async (made: Made) => {
    const store = Number(made.storeId);
    const body = { name, store_id: store, external_id: externalId, fixed_amount: true, category: FOOD_MCC };
    need(await provider.send("POST", "/pos", { body }), `o caixa ${externalId}`);
    return made;
  };
  return { there: [], steps: [{ words: `criar o caixa ${externalId} (“${name}”)`, run }] };
}

type Terminal = { readonly id: string; readonly mode: string; readonly pos: string };

/** One terminal of each point of sale takes charges of ours; one that does already stays it. */
async function planTerminals(
  { provider, wishes }: Known,
  externalPosIds: readonly string[],
): Promise<Part & { readonly notes: readonly string[] }> {
  const body = need(await provider.get("/terminals/v1/list?limit=50"), "as maquininhas");
  const listed = [pickList(body, "data", "terminals"), pickList(body, "terminals"), pickList(body, "data")];
  const all = (listed.find((list) => list.length > 0) ?? []).map(terminalOf);
  const missing = wishes.terminals.filter((id) => !all.some((terminal) => terminal.id === id));
  const isOurs = ({ id, pos }: Terminal) => externalPosIds.includes(pos) || wishes.terminals.includes(id);
  const chosen = all.filter(isOurs);
  const there = chosen
    .filter(({ mode }) => mode === "PDV")
    .map(({ id, pos }) => `maquininha ${id} em modo PDV (${pos})`);
  const wanted = externalPosIds.flatMap((pos) =>
    nextAt(
      chosen.filter((terminal) => terminal.pos === pos),
      wishes,
    ),
  );
  return {
    there,
    steps: wanted.map(({ id, pos }) => ({
      words: `pôr a maquininha ${id} (${pos}) em modo PDV, para que receba as cobranças da Comanda`,
      run: async (made: Made) => {
        const change = { terminals: [{ id, operating_mode: "PDV" }] };
        need(await provider.send("PATCH", "/terminals/v1/setup", { body: change }), `a maquininha ${id}`);
        return made;
      },
    })),
    notes: [
      ...missing.map((id) => `A maquininha ${id} não está nesta conta.`),
      ...all
        .filter((terminal) => !isOurs(terminal))
        .map(({ id }) => `A maquininha ${id} não está em nenhum destes caixas: associe-a na própria maquininha.`),
    ],
  };
}

function terminalOf(value: unknown): Terminal {
  const text = (name: string) => String(pick(value, name) ?? "");
  return { id: text("id"), mode: text("operating_mode"), pos: text("external_pos_id") };
}

function nextAt(terminals: readonly Terminal[], { terminals: named }: Wishes): readonly Terminal[] {
  if (terminals.some(({ mode }) => mode === "PDV")) return [];
  return [terminals.find(({ id }) => named.includes(id)) ?? terminals[0]].filter((terminal) => terminal !== undefined);
}
