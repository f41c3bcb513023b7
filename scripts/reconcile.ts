// `npm run reconcile`: compares Comanda's book of a business day with Mercado Pago's, for a person at the machine of
// `npm start`. Ends with 0 when both agree, 1 when something is open, 2 when nothing could be compared.
import { writeFileSync } from "node:fs";
import { parseOptions } from "./reconcile/options.ts";
import { openPayments } from "./reconcile/payments.ts";
import { isClean, summaryLines } from "./reconcile/summary.ts";
import { readSettings } from "./start/settings.ts";
import { StartFailure } from "./start/start-failure.ts";

try {
  const options = parseOptions(process.argv.slice(2), new Date());
  const payments = await openPayments(readSettings(process.env), options);
  process.stdout.write(`\n  Conciliando o dia ${options.date} com o Mercado Pago…\n`);
  const report = await payments.compare(options.date);
  if (options.json !== null) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.csv !== null) writeFileSync(options.csv, await payments.tableOf(report.id));
  process.stdout.write(`${summaryLines(report).join("\n")}\n`);
  process.exitCode = isClean(report) ? 0 : 1;
} catch (error) {
  const words = error instanceof StartFailure ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`\n${words}\n`);
  process.exitCode = 2;
}
