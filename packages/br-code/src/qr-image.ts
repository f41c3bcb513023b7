import qrcode from "qrcode";

const REMEMBERED_MAX = 500;
const remembered = new Map<string, Promise<string>>();

/**
 * Draws `text` as a QR code: an SVG data URL, sharp at any size on a totem. Derived, so never stored; the last few
 * hundred drawings are kept, since a waiting screen asks again and again. Drawn here, never by a service of others.
 */
export function qrCodeImage(text: string): Promise<string> {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const drawn = draw(text);
  if (remembered.size >= REMEMBERED_MAX) {
    const oldest = remembered.keys().next();
    if (oldest.done !== true) remembered.delete(oldest.value);
  }
  remembered.set(text, drawn);
  return drawn;
}

async function draw(text: string): Promise<string> {
  const svg = await qrcode.toString(text, { type: "svg", errorCorrectionLevel: "M", margin: 2 });
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
}
