import { textOfCents } from "./money.ts";

/** What a BR Code of this sandbox carries. `amountCents` is written exactly, never rounded; null leaves it open. */
export type BrCodeInput = {
  merchantName: string;
  city: string;
  amountCents: number | null;
  /** A dynamic code points at a charge (URL without scheme, at most 77); a static one names a Pix key. */
  target: { kind: "dynamic"; url: string } | { kind: "static"; pixKey: string; transactionId: string };
};

/**
 * Writes the text of a Pix QR code: EMV merchant-presented TLV closed by a CRC (BCB, Manual de Padrões para
 * Iniciação do Pix). Throws when a value does not fit its two-digit length, which is a bug of the caller.
 */
export const writeBrCode = ({ merchantName, city, amountCents, target }: BrCodeInput): string => {
  const isDynamic = target.kind === "dynamic";
  const account = isDynamic ? tlv("25", target.url) : tlv("01", target.pixKey);
  const body = [
    tlv("00", "01"),
    isDynamic ? tlv("01", "12") : "",
    tlv("26", tlv("00", "br.gov.bcb.pix") + account),
    tlv("52", "0000"),
    tlv("53", "986"),
    amountCents === null ? "" : tlv("54", textOfCents(amountCents)),
    tlv("58", "BR"),
    tlv("59", plain(merchantName, 25)),
    tlv("60", plain(city, 15)),
    tlv("62", tlv("05", isDynamic ? "***" : target.transactionId)),
    "6304",
  ].join("");
  return body + crc16(body);
};

const tlv = (id: string, value: string): string => {
  if (value.length === 0 || value.length > 99) throw new RangeError(`field ${id} must have 1 to 99 characters`);
  return id + String(value.length).padStart(2, "0") + value;
};

/** Names travel without accents, in ASCII, and short; an empty one would make the code unreadable. */
const plain = (text: string, lengthMax: number): string => {
  const ascii = text.normalize("NFD").replace(/[^\x20-\x7e]/g, "");
  return ascii.slice(0, lengthMax).trim() || "SIMULADOR";
};

/** CRC16-CCITT-FALSE (polynomial 0x1021, initial 0xFFFF) as four upper-case hex digits. */
export const crc16 = (text: string): string => {
  let crc = 0xffff;
  for (const byte of Buffer.from(text, "latin1")) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
};
