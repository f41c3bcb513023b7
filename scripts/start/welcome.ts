import { join } from "node:path";
import type { Screen } from "./screen.ts";
import type { FirstAdmin } from "./secrets.ts";
import type { Settings } from "./settings.ts";

/** The one table that a successful start ends with. */
export function welcome(options: { screen: Screen; settings: Settings; admin: FirstAdmin }): void {
  const { screen, settings, admin } = options;
  const { ports, urls, dataDirShown } = settings;
  const api = (name: string, port: number) => [`API ${name}`, `http://localhost:${port}/docs`] as const;
  screen.table("Comanda está no ar.", [
    ["Página inicial", urls.public],
    ...(settings.usesSandbox ? [["Carteira simulada", `http://localhost:${ports.SANDBOX_PORT}`] as const] : []),
    api("auth", ports.AUTH_PORT),
    api("order", ports.ORDER_PORT),
    api("payment", ports.PAYMENT_PORT),
    ["Administrador", admin.email],
    ["Senha", passwordWords({ admin, dataDirShown })],
    ["Dados", `${dataDirShown} (registros em ${join(dataDirShown, "logs")})`],
    ...(settings.isGiven("SMTP_URL") ? [] : [["E-mails", `ficam em ${join(dataDirShown, "mail")}`] as const]),
    ["Experimente", "abra a página inicial, ou siga o passeio do README.md"],
    ["Parar", "Ctrl-C"],
  ]);
}

function passwordWords({ admin, dataDirShown }: { admin: FirstAdmin; dataDirShown: string }): string {
  if (admin.password === undefined) return "a de ADMIN_PASSWORD";
  const file = join(dataDirShown, "admin.txt");
  return admin.isNew ? `${admin.password}  (mostrada só agora; guardada em ${file})` : `guardada em ${file}`;
}
