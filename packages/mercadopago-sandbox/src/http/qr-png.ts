import { crc32, deflateSync } from "node:zlib";
import QRCode from "qrcode";

const pixelsPerModule = 4;
const quietModules = 4;

/** Draws a QR code as a PNG, base64 without the `data:` prefix. Black on white, one bit a pixel. */
export const qrPngBase64 = (text: string): string => {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: "M" });
  const side = (modules.size + 2 * quietModules) * pixelsPerModule;
  const rowBytes = 1 + Math.ceil(side / 8);
  const pixels = Buffer.alloc(rowBytes * side);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      if (isDark(modules, { x, y })) continue;
      const at = y * rowBytes + 1 + (x >> 3);
      pixels[at] = (pixels[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [chunk("IHDR", header), chunk("IDAT", deflateSync(pixels)), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([signature, ...chunks]).toString("base64");
};

const isDark = (modules: QRCode.BitMatrix, pixel: { x: number; y: number }): boolean => {
  const column = Math.floor(pixel.x / pixelsPerModule) - quietModules;
  const row = Math.floor(pixel.y / pixelsPerModule) - quietModules;
  const isInside = column >= 0 && row >= 0 && column < modules.size && row < modules.size;
  return isInside && modules.get(row, column) === 1;
};

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
};
