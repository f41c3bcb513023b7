import { plant } from "./canary/planted.ts";

/** A CPF: nine digits and the two check digits that follow from them (Receita Federal, modulus 11). */
export function cpfOf(nine: string): string {
  const digit = (text: string) => {
    const sum = [...text].reduce((total, char, index) => total + Number(char) * (text.length + 1 - index), 0);
    return String(((sum * 10) % 11) % 10);
  };
  const first = digit(nine);
  const cpf = `${nine}${first}${digit(nine + first)}`;
  plant("a CPF", cpf, "cpf");
  return cpf;
}
