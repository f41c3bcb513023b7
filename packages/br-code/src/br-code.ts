/** What a BR Code says, as far as we check it. `amountCents` is null when the code leaves it open. */
export type BrCode = {
  readonly amountCents: number | null;
  readonly merchantName: string;
  readonly isDynamic: boolean;
  /** Any bank's app can pay it; else only the app of whoever made it. */
  readonly isPix: boolean;
};

/**
 * Reads a Pix BR Code and checks its form: TLV structure, format indicator, currency, CRC (EMVCo MPM; Bacen, Manual de
 * Padrões para Iniciação do Pix). What a provider sends is untrusted until this has read it.
 * @returns `null` when the text is no valid BR Code
 */
export function readBrCode(text: string): BrCode | null {
  const fields = readFields(text);
  if (fields === null || fields.get("00") !== "01" || fields.get("53") !== "986") return null;
  if (!/6304[0-9A-F]{4}$/.test(text) || crc16(text.slice(0, -4)) !== text.slice(-4)) return null;
  const amount = fields.get("54");
  const amountCents = amount === undefined ? null : centsOf(amount);
  if (Number.isNaN(amountCents)) return null;
  return {
    amountCents,
    merchantName: fields.get("59") ?? "",
    isDynamic: fields.get("01") === "12",
    isPix: [...fields].some(([id, value]) => isMerchantAccount(id) && isOfPix(value)),
  };
}

/** Fields 26 to 51 say in which networks the merchant is paid; each names its network first. */
function isMerchantAccount(id: string): boolean {
  return Number(id) >= 26 && Number(id) <= 51;
}

function isOfPix(account: string): boolean {
  return readFields(account)?.get("00")?.toLowerCase() === "br.gov.bcb.pix";
}

function readFields(text: string): Map<string, string> | null {
  const fields = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const head = /^(\d{2})(\d{2})$/.exec(text.slice(at, at + 4));
    const id = head?.[1];
    const length = Number(head?.[2] ?? Number.NaN);
    if (id === undefined || at + 4 + length > text.length) return null;
    fields.set(id, text.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields;
}

function centsOf(amount: string): number {
  const match = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(amount);
  return match === null ? Number.NaN : Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}

/** CRC-16/CCITT-FALSE over the UTF-8 bytes, as four upper-case hex digits ("123456789" → "29B1"). */
export function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
    crc &= 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
}
