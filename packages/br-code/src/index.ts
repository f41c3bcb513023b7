export { type BrCode, crc16, readBrCode } from "./br-code.ts";
export { qrCodeImage } from "./qr-image.ts";
