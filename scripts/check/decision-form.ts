/** Decisions (docs/adr) are read years later: each says when it was taken, whether it holds, why, and what follows. */
import { glob, readFile } from "node:fs/promises";
import { basename } from "node:path";

const STATUS =
  /^\d{4}-\d\d-\d\d · (accepted|superseded by \[\d{4}\]\([\w-]+\.md\))( · (supersedes|corrects|corrected by) \[\d{4}\]\([\w-]+\.md\))*$/;
const PARTS = ["Context", "Decision", "Consequences"];

/** Every decision whose number, date, status or parts are missing. */
export async function checkDecisions(): Promise<readonly string[]> {
  const faults: string[] = [];
  const numbers = new Set<string>();
  for await (const path of glob("docs/adr/*.md")) {
    const number = basename(path).slice(0, 4);
    if (numbers.has(number)) faults.push(`${path}: there is another decision ${number}`);
    numbers.add(number);
    faults.push(...faultsOfDecision(number, await readFile(path, "utf8")).map((fault) => `${path}: ${fault}`));
  }
  // A guard that reads nothing passes everything.
  if (numbers.size < 20) faults.push(`only ${numbers.size} decisions were read`);
  return faults;
}

/** What the text of the decision `number` lacks. */
export function faultsOfDecision(number: string, text: string): readonly string[] {
  const [title = "", , status = ""] = text.split("\n");
  return [
    ...(title.startsWith(`# ${number}. `) ? [] : [`it does not begin with "# ${number}. "`]),
    ...(STATUS.test(status) ? [] : ["its third line is no date and status"]),
    ...PARTS.filter((part) => !text.includes(`\n**${part}.**`)).map((part) => `it has no **${part}.**`),
  ];
}
