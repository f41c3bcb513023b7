/** A value that was planted and must be found nowhere. */
export type Canary = {
  readonly name: string;
  readonly value: string;
  /**
   * How it can be written: a CPF in ten ways (reliability OP-60 asks for six); a short number (PIN, one-time code) counts only where it stands alone,
   * since its digits stand in every long number; base64 holds bytes which can be written otherwise.
   */
  readonly kind?: "text" | "cpf" | "short" | "base64";
};

/** One way in which a canary can stand in a text; searched for in lower case, whatever the letters were. */
export type Needle = {
  readonly canary: string;
  readonly form: string;
  readonly text: string;
  readonly standsAlone: boolean;
};

/** Encoded forms shorter than this stand in any text by chance. */
const ENCODED_MIN = 8;

/** Every form that a value is looked for in (reliability OP-50). */
export function needlesOf({ name, value, kind = "text" }: Canary): readonly Needle[] {
  const found = new Map<string, Needle>();
  const add = (form: string, text: string, standsAlone = false) => {
    const low = text.toLowerCase();
    if (!found.has(low)) found.set(low, { canary: name, form, text: low, standsAlone });
  };
  for (const spelling of spellingsOf(value, kind)) {
    add("as it is", spelling, kind === "short");
    for (const bytes of bytesOf(spelling, kind)) {
      for (const [form, text] of encodingsOf(bytes)) if (text.length >= ENCODED_MIN) add(form, text);
    }
  }
  return [...found.values()];
}

function spellingsOf(value: string, kind: Canary["kind"]): readonly string[] {
  if (kind !== "cpf") return [...new Set([value, value.toLowerCase(), value.toUpperCase()])];
  const [, a, b, c, d] = /^(\d{3})(\d{3})(\d{3})(\d{2})$/.exec(value) ?? [];
  if (a === undefined) throw new Error("a CPF canary is eleven digits");
  const dotted = `${a}.${b}.${c}-${d}`;
  return [
    value,
    dotted,
    `${a}${b}${c}-${d}`,
    `${a} ${b} ${c} ${d}`,
    `${a}.${b}.${c} - ${d}`,
    `${a}.${b}.${c}${d}`,
    `${a}.${b}.${c}/${d}`,
    `${a},${b},${c}-${d}`,
    `${a}.${b}.${c}\u2013${d}`,
    dotted.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  ];
}

function bytesOf(spelling: string, kind: Canary["kind"]): readonly Buffer[] {
  const text = Buffer.from(spelling, "utf8");
  return kind === "base64" ? [text, Buffer.from(spelling, "base64")] : [text];
}

/** The ways programs write bytes down. Forms that say the same are dropped by the caller. */
function encodingsOf(bytes: Buffer): readonly (readonly [string, string])[] {
  const text = bytes.toString("utf8");
  const escaped = JSON.stringify(text).slice(1, -1);
  const ascii = escaped.replaceAll(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  // A lone U+FFFD means that the bytes were no text: then only the forms of bytes count.
  const ofText: readonly (readonly [string, string])[] = text.includes("\ufffd")
    ? []
    : [
        ["URL", encodeURIComponent(text)],
        ["form", new URLSearchParams({ v: text }).toString().slice(2)],
        ["JSON", escaped],
        ["JSON in ASCII", ascii],
        ["JSON in JSON", JSON.stringify(escaped).slice(1, -1)],
        ["UTF-8 read as Latin-1", bytes.toString("latin1")],
      ];
  return [
    ...ofText,
    ["hex", bytes.toString("hex")],
    ...[0, 1, 2].flatMap((before) => {
      const inner = innerBase64(bytes, before);
      const urlSafe = inner.replaceAll("+", "-").replaceAll("/", "_");
      return [[`base64+${before}`, inner] as const, [`base64url+${before}`, urlSafe] as const];
    }),
  ];
}

/** The characters of a longer base64 text that are decided by `bytes` alone, when `before` bytes (mod 3) go first. */
function innerBase64(bytes: Buffer, before: number): string {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
  return whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}
