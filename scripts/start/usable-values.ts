import { StartFailure } from "./start-failure.ts";

type Rule = { readonly isUsable: (text: string) => boolean; readonly pt: string; readonly en: string };

// The services check all of this again. Said here, it costs nobody the wait for a database, and it names the variable
// that the person set (PUBLIC_URL reaches auth under another name).
const rules: Readonly<Record<string, Rule>> = {
  PAYMENT_EXPIRES_IN: seconds({ min: 30, max: 10_800 }),
  ORDER_EXPIRES_IN: seconds({ min: 60, max: 86_400 }),
  PUBLIC_URL: {
    isUsable: (text) => /^https:\/\/[^\s/?#]+\/?$/.test(text),
    pt: "escreva um endereço como https://pedidos.exemplo.com.br",
    en: "write an address such as https://orders.example.com",
  },
};

/** @throws StartFailure for the first variable that no service could use */
export function refuseUnusableValues(environment: Readonly<Record<string, string>>): void {
  for (const [name, { isUsable, pt, en }] of Object.entries(rules)) {
    const text = environment[name];
    if (text === undefined || isUsable(text)) continue;
    throw new StartFailure({ pt: `${name}=${text} não serve: ${pt}.`, en: `${name}=${text} cannot be used: ${en}.` });
  }
}

function seconds({ min, max }: { min: number; max: number }): Rule {
  return {
    isUsable: (text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max,
    pt: `são segundos, de ${min} a ${max}`,
    en: `it is a number of seconds from ${min} to ${max}`,
  };
}
