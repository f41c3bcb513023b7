import type { Canary } from "@comanda/testing/canary-forms";
import type { System } from "@comanda/testing/system";
import type { Client } from "./client.ts";

/** Who plays in the story, each with values that stand nowhere else in the world. */
export const ROSA = {
  name: "Rosa-Zulmira Quebranozes Canária",
  email: "Rosa.Zulmira+canaria@exemplo-canario.com.br",
  cpf: "39053344705",
  password: 'um "pastel" de \\ queijo às seis & pouco',
  calledOut: "Zulmirinha da Mesa Onze",
  wish: "sem canela para a Zulmirinha",
} as const;

/** Leaves at the end: of her nothing may be left anywhere, not even where a guest's words are kept. */
export const VERA = {
  name: "Verônica Partidora Canária",
  email: "veronica.partidora@exemplo-canario.com.br",
  cpf: "11144477735",
  password: "a coxinha da despedida, 1 de 2",
  calledOut: "Veroniquinha de Partida",
  wish: "bem passado para a Veroniquinha",
  refund: "a Veroniquinha achou cabelo",
  staffWords: "disse que se chama Veroniquinha e que veio frio",
} as const;

export const COOK = {
  name: "Ezequiel Chapeiro Canário",
  email: "ezequiel.chapeiro@exemplo-canario.com.br",
  cpf: "86288366757",
  password: "chapa quente canária, nunca fria",
  newPassword: "chapa morna canária, de novo",
  pin: "480213",
} as const;

/** Nobody at home here knows these; they come in wrong fields, addresses, headers and forged notices. */
export const STRANGER = {
  email: "estranha.canaria@exemplo-canario.com.br",
  cpf: "93541134780",
  phone: "+5511987650192",
  wrongPassword: "senha canária que ninguém tem",
  card: "5031433215406351",
} as const;

/** What a signed notice says beside what it is about. */
export const PAYER = { email: "pagadora.canaria@exemplo-canario.com.br", cpf: "15350946056" } as const;

/** Stands in an event that nobody can take. */
export const POISON = { email: "veneno.canario@exemplo-canario.com.br" } as const;

/** The stage: the system, somebody to ask it, and a list of all that was planted. */
export type Stage = {
  readonly system: System;
  readonly client: Client;
  readonly plant: (name: string, value: unknown, kind?: Canary["kind"]) => string;
  readonly canaries: () => readonly Canary[];
};

/** @throws Error from `plant` when there is nothing to plant: what is not known cannot be searched for */
export function openStage(system: System, client: Client): Stage {
  const canaries: Canary[] = [];
  const plant: Stage["plant"] = (name, value, kind = "text") => {
    if (typeof value !== "string" || value.length < 6) throw new Error(`${name}: nothing to plant`);
    canaries.push({ name, value, kind });
    return value;
  };
  for (const [who, person] of Object.entries({
    Rosa: ROSA,
    Vera: VERA,
    cook: COOK,
    stranger: STRANGER,
    payer: PAYER,
  })) {
    for (const [what, value] of Object.entries(person)) {
      const name = `${who}'s ${what}`;
      if (what === "card") continue; // found by being a card number
      plant(name, value, what === "cpf" ? "cpf" : what === "pin" ? "short" : "text");
      if (what === "name")
        for (const part of value.split(/[ -]/).filter((each) => each.length >= 6 && each !== "Canária"))
          plant(`${name}: ${part}`, part);
    }
  }
  plant("the poison's email", POISON.email);
  plant("the administrator's email", system.admin.email);
  plant("the administrator's password", system.admin.password);
  return { system, client, plant, canaries: () => canaries };
}

/** Plants a token: the whole of it, what it says, and its signature. */
export function plantToken({ plant }: Stage, name: string, token: unknown): string {
  const whole = plant(name, token);
  const [, claims, signature] = whole.split(".");
  if (claims !== undefined && signature !== undefined) {
    plant(`${name}: claims`, claims);
    plant(`${name}: signature`, signature);
  }
  return whole;
}
