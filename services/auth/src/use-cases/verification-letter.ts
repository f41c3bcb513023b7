import type { Letter } from "../gateways/letter.ts";

const MINUTE_S = 60;

/** The letter that carries a code, in the guest's language. `seconds`: how long the code is good. */
export function verificationLetter(given: {
  readonly shopName: string;
  readonly code: string;
  readonly seconds: number;
}): Omit<Letter, "to"> {
  const { shopName, code, seconds } = given;
  const minutes = Math.floor(seconds / MINUTE_S);
  return {
    subject: `${code} é o seu código · ${shopName}`,
    text: [
      `Seu código é ${code}. Ele vale por ${minutes} ${minutes === 1 ? "minuto" : "minutos"}, uma única vez.`,
      "Se não foi você que pediu, ignore esta mensagem.",
    ].join("\n"),
  };
}
