import { isUtf8 } from "node:buffer";

/** Deeper than any document of ours by far. */
const DEPTH_MAX = 16;

// No field of ours is called so; code that copies objects field by field can be led astray by them.
const POISONED = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Reads JSON as strictly as money demands: what two readers could understand differently is refused. Beside everything
 * that `JSON.parse` refuses: bytes that are no UTF-8 (two different texts would become one), a byte order mark, a field
 * written twice (nobody knows which one counts), field names that poison prototypes, more than 16 levels, and numbers that
 * would become others: whole ones beyond ±(2⁵³ − 1), and those that no double holds.
 * @throws SyntaxError
 */
export function parseStrictJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new SyntaxError("not UTF-8");
  const text = bytes.toString("utf8");
  const value: unknown = JSON.parse(text);
  checkText(text);
  return value;
}

/** Walks through text that `JSON.parse` has taken, so that only structure has to be looked at. */
function checkText(text: string): void {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
      case OPEN_LIST:
        open.push(text.charCodeAt(at) === OPEN_OBJECT ? new Set() : null);
        if (open.length > DEPTH_MAX) throw new SyntaxError("nested too deeply");
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        open.pop();
        break;
      case QUOTE: {
        const end = endOfString(text, at);
        const fields = open.at(-1);
        if (fields != null && isFieldName(text, end)) checkField(fields, text.slice(at, end + 1));
        at = end;
        break;
      }
      default:
        if (isNumberAt(text, at)) at = endOfNumber(text, at) - 1;
    }
  }
}

const [ZERO, NINE, MINUS] = [0x30, 0x39, 0x2d];

function isNumberAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code >= ZERO && code <= NINE) || code === MINUS;
}

const NUMBER = /[-+.\deE]+/y;

/** @returns where what comes after the number begins */
function endOfNumber(text: string, start: number): number {
  NUMBER.lastIndex = start;
  const [written = ""] = NUMBER.exec(text) ?? [];
  const value = Number(written);
  // What has a fraction is rounded everywhere alike; a whole number is money, a quantity or an id.
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
    throw new SyntaxError("a number cannot be held");
  }
  return start + written.length;
}

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

function isFieldName(text: string, endOfName: number): boolean {
  let at = endOfName + 1;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return text.charCodeAt(at) === COLON;
}

function checkField(fields: Set<string>, quoted: string): void {
  const name = quoted.includes("\\") ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
  if (fields.has(name) || POISONED.has(name)) throw new SyntaxError("a field is repeated or forbidden");
  fields.add(name);
}
