/** How something stands: as taken for granted; odd; wrong; or to be seen only where real money moves. */
type Verdict = "ok" | "aviso" | "falha" | "só ao vivo";

/** One thing that was looked at, and what was found. */
export type Finding = { readonly what: string; readonly verdict: Verdict; readonly words: string };

export const good = (what: string, words: string): Finding => ({ what, verdict: "ok", words });
export const odd = (what: string, words: string): Finding => ({ what, verdict: "aviso", words });
export const wrong = (what: string, words: string): Finding => ({ what, verdict: "falha", words });
export const onlyLive = (what: string, words: string): Finding => ({ what, verdict: "só ao vivo", words });

const SIGNS: Readonly<Record<Verdict, string>> = { ok: "✓", aviso: "!", falha: "✗", "só ao vivo": "·" };

/** The findings as a table for the screen. */
export function tableOf(findings: readonly Finding[]): readonly string[] {
  const width = Math.max(...findings.map(({ what }) => what.length));
  return findings.map(
    ({ what, verdict, words }) => `  ${SIGNS[verdict]} ${what.padEnd(width)}  ${verdict.padEnd(10)}  ${words}`,
  );
}
