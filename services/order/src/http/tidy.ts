/** A line of text as it is kept: one Unicode form, no outer or doubled spaces. */
export function tidy(text: string): string {
  return text.normalize("NFC").replace(/\s+/g, " ").trim();
}
