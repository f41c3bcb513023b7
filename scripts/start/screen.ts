/** What a person sees of the start: calm, one line a fact. */
export type Screen = {
  readonly title: (text: string) => void;
  /** Does the work, then shows that it is done and how long it took. */
  readonly step: (name: string, work: () => Promise<void>) => Promise<void>;
  readonly say: (line: string) => void;
  readonly table: (title: string, rows: readonly (readonly [label: string, value: string])[]) => void;
};

/** Writes to standard output. */
export function openScreen(): Screen {
  const write = (text: string) => process.stdout.write(text);
  return {
    title: (text) => write(`\n  ${text}\n\n`),
    async step(name, work) {
      const began = performance.now();
      await work();
      const seconds = ((performance.now() - began) / 1000).toFixed(1).replace(".", ",");
      write(`  ✓ ${name.padEnd(24)}${seconds.padStart(5)} s\n`);
    },
    say: (line) => write(`  · ${line}\n`),
    table(title, rows) {
      const width = Math.max(...rows.map(([label]) => label.length)) + 3;
      const lines = rows.map(([label, value]) => `  ${label.padEnd(width)}${value}`);
      write(`\n  ${title}\n\n${lines.join("\n")}\n\n`);
    },
  };
}
