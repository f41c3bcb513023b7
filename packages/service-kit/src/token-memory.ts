import type { Caller } from "./caller.ts";

const REMEMBERED_MAX = 20_000;
/** Characters at the end of a token that tell it from others: most of its signature. */
const KEY_LENGTH = 40;

/** Tokens that were found good, and whose they are. */
export type TokenMemory = {
  readonly find: (token: string) => Caller | undefined;
  readonly keep: (token: string, caller: Caller) => void;
  readonly forget: (token: string) => void;
};

/**
 * Remembers verified tokens, the newest of them. They are looked up by their ends and compared whole: to digest all of a
 * text that came with a request costs more than comparing it with the one text it can be.
 */
export function makeTokenMemory(): TokenMemory {
  const remembered = new Map<string, { readonly token: string; readonly caller: Caller }>();
  return {
    find: (token) => {
      const held = remembered.get(token.slice(-KEY_LENGTH));
      return held !== undefined && held.token === token ? held.caller : undefined;
    },
    keep: (token, caller) => {
      const oldest = remembered.size >= REMEMBERED_MAX ? remembered.keys().next() : undefined;
      if (oldest?.done === false) remembered.delete(oldest.value);
      remembered.set(token.slice(-KEY_LENGTH), { token, caller });
    },
    forget: (token) => void remembered.delete(token.slice(-KEY_LENGTH)),
  };
}
