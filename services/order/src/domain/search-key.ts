/**
 * A text as people compare and search it: without case, accents, and doubled or outer white space. `Pão de Queijo`,
 * `pao de queijo` and the same in another Unicode form have one key.
 */
export function searchKey(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{Mn}+/gu, "")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();
}
