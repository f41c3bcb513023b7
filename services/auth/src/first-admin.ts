import { ConfigError } from "@comanda/service-kit";
import type { Config } from "./config.ts";
import { parseCpf } from "./domain/cpf.ts";
import { parseEmail } from "./domain/email.ts";
import { faultOfPassword, personalWords } from "./domain/password.ts";
import type { Profile } from "./domain/person.ts";
import { isLeakedPassword } from "./storage/leaked-passwords.ts";

/**
 * Reads the first administrator from the settings; without a password there is none to make.
 * @throws ConfigError that names every unusable variable, never its value
 */
export function readFirstAdmin(config: Config): { readonly profile: Profile; readonly password: string } | null {
  const { ADMIN_PASSWORD: password, ADMIN_NAME: name } = config;
  if (password === undefined) return null;
  const email = parseEmail(config.ADMIN_EMAIL);
  const cpf = config.ADMIN_CPF === undefined ? null : parseCpf(config.ADMIN_CPF);
  const words = personalWords({ shopName: config.SHOP_NAME });
  const passwordFault = faultOfPassword(password, { isLeaked: isLeakedPassword, words });
  if (email.ok && cpf?.ok !== false && passwordFault === null) {
    return { profile: { name, email: email.value, cpf: cpf === null ? null : cpf.value }, password };
  }
  throw new ConfigError([
    ...(email.ok ? [] : ["ADMIN_EMAIL is no e-mail address"]),
    ...(cpf?.ok === false ? ["ADMIN_CPF is no CPF"] : []),
    ...(passwordFault === null ? [] : [`ADMIN_PASSWORD is not usable (${passwordFault})`]),
  ]);
}
