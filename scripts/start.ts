// `npm start`: the whole of Comanda on this machine, each part its own process, all of them watched over.
//
//                         people and devices
//                                 │
//                              gateway
//              ┌──────────────────┼──────────────────┐
//            auth  ◀─ tokens ─  order  ◀─ events ─▶  payment ──▶ sandbox (or Mercado Pago)
//              └──────────────────┼──────────────────┘
//                             PostgreSQL
import { claimDataDirectory } from "./start/data-directory.ts";
import { checkPorts } from "./start/ports.ts";
import { planProcesses } from "./start/processes.ts";
import { runUntilStopped } from "./start/run-until-stopped.ts";
import { openScreen } from "./start/screen.ts";
import { ensureSecrets } from "./start/secrets.ts";
import { readSettings } from "./start/settings.ts";
import { openSystem } from "./start/system.ts";
import { welcome } from "./start/welcome.ts";

await runUntilStopped(async (onStop) => {
  const settings = readSettings(process.env);
  const screen = openScreen();
  const data = claimDataDirectory(settings);
  onStop({ stop: data.release });
  await checkPorts(settings, { isAfterCrash: data.wasAbandoned });
  const secrets = ensureSecrets(settings);
  const { sandbox, auth, order, payment, gateway } = planProcesses({ settings, secrets });

  screen.title("Comanda está iniciando…");
  const system = openSystem({ dataDir: settings.dataDir, screen, stopsFirst: "gateway" });
  onStop(system);
  await system.together([
    settings.needsPostgres && system.postgres(secrets.databasePasswords),
    settings.usesSandbox && system.process(sandbox()),
    system.process(gateway()),
  ]);
  await system.together([
    system.process(auth({ databaseUrl: system.databaseUrl("auth") })),
    system.process(order({ databaseUrl: system.databaseUrl("order") })),
    system.process(payment({ databaseUrl: system.databaseUrl("payment") })),
  ]);
  welcome({ screen, settings, admin: secrets.admin });
  secrets.admin.noteShown();
});
