import type { ImageType } from "./image-type.ts";

/** In pixels. */
type ImageSize = { readonly width: number; readonly height: number };

/** A photo of any phone; unpacked it takes a screen about 100 MB. */
const PIXELS_MAX = 24_000_000;
const SIDE_MAX = 8_192;

/**
 * Whether a picture would be a burden to whoever shows it: a few kilobytes may unpack to gigabytes, on every totem at
 * once. What has no size that could be read is no picture to a browser either, and harms nobody.
 */
export function isTooLargeToShow(bytes: Buffer, type: ImageType): boolean {
  return sizesOf(bytes, type).some(
    ({ width, height }) => width > SIDE_MAX || height > SIDE_MAX || width * height > PIXELS_MAX,
  );
}

function sizesOf(bytes: Buffer, type: ImageType): readonly ImageSize[] {
  switch (type) {
    case "image/png":
      return sizesOfPng(bytes);
    case "image/jpeg":
      return sizesOfJpeg(bytes);
    case "image/webp":
      return sizesOfWebp(bytes);
  }
}

/** PNG §11.2.2: the header is the first chunk. */
function sizesOfPng(bytes: Buffer): readonly ImageSize[] {
  if (bytes.length < 24 || bytes.toString("latin1", 12, 16) !== "IHDR") return [];
  return [{ width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }];
}

/** SOF0 to SOF15 without DHT, JPG and DAC. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);

/** ITU T.81 §B.2.2: every frame, wherever it stands, since browsers step over what they do not know. */
function sizesOfJpeg(bytes: Buffer): readonly ImageSize[] {
  const sizes: ImageSize[] = [];
  for (let at = bytes.indexOf(0xff); at >= 0 && at + 10 <= bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    const isFrame =
      FRAMES.has(bytes.readUInt8(at + 1)) && bytes.readUInt16BE(at + 2) === 8 + 3 * bytes.readUInt8(at + 9);
    if (isFrame) sizes.push({ height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) });
  }
  return sizes;
}

/** RFC 9649 §2.5 to §2.7: one of three first chunks, two of them with a mark of their own. */
function sizesOfWebp(bytes: Buffer): readonly ImageSize[] {
  if (bytes.length < 30) return [];
  switch (bytes.toString("latin1", 12, 16)) {
    case "VP8X":
      return [{ width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }];
    case "VP8L": {
      if (bytes.readUInt8(20) !== 0x2f) return [];
      const bits = bytes.readUInt32LE(21);
      return [{ width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }];
    }
    case "VP8 ":
      if (bytes.readUIntBE(23, 3) !== 0x9d012a) return [];
      return [{ width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }];
    default:
      return [];
  }
}
