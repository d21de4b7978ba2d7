import { type ImageKind, imageKind, jpegFrame } from './image-kind.ts';
import { jpeg2000Header } from './jpeg2000-header.ts';
import { tiffDirectory, wholeNumbers } from './tiff-directory.ts';

type Sides = readonly [width: number, height: number];

/** Where each format stores the size of its picture. A position beyond the file throws a RangeError. */
const readers: Readonly<Record<ImageKind, (file: DataView, bytes: Uint8Array) => Sides>> = {
  png: (file) => [file.getUint32(16), file.getUint32(20)],
  gif: (file) => [file.getUint16(6, true), file.getUint16(8, true)],
  bmp: (file) =>
    file.getUint32(14, true) === 12
      ? [file.getUint16(18, true), file.getUint16(20, true)]
      : [file.getInt32(18, true), file.getInt32(22, true)],
  jpeg: (_, bytes) => {
    const frame = jpegFrame(bytes);
    return [frame?.width ?? 0, frame?.height ?? 0];
  },
  webp: webpSides,
  tiff: tiffSides,
  avif: heifSides,
  heic: heifSides,
  jpeg2000: (_, bytes) => {
    const header = jpeg2000Header(bytes);
    return [header?.width ?? 0, header?.height ?? 0];
  },
};

/**
 * Returns how many pixels the header declares, read in microseconds: an estimate of the memory that decoding takes, never for anything that must be
 * right. 0 where the header makes no sense.
 */
export function declaredPixels(bytes: Uint8Array): number {
  const verdict = imageKind(bytes);
  if (verdict.status === 'refused') return 0;
  try {
    const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [width, height] = readers[verdict.kind](file, bytes);
    return Math.abs(width * height);
  } catch (error) {
    if (error instanceof RangeError) return 0;
    throw error;
  }
}

/** The first chunk: extended (VP8X), lossless (VP8L) or lossy (VP8), by the WebP container specification. */
function webpSides(file: DataView): Sides {
  const chunk = file.getUint8(15);
  if (chunk === 0x58) {
    return [(file.getUint32(24, true) & 0xffffff) + 1, (file.getUint32(26, true) >>> 8) + 1];
  }
  if (chunk === 0x4c) {
    const sides = file.getUint32(21, true);
    return [(sides & 0x3fff) + 1, ((sides >>> 14) & 0x3fff) + 1];
  }
  return [file.getUint16(26, true) & 0x3fff, file.getUint16(28, true) & 0x3fff];
}

function tiffSides(file: DataView): Sides {
  const directory = tiffDirectory(file);
  const value = (tag: number) => (directory && wholeNumbers(file, directory, tag, 1)[0]) ?? 0;
  return [value(256), value(257)];
}

/** The largest of the sizes in the properties (`ispe`, ISO/IEC 23008-12, 6.5.3): parts and thumbnails have theirs too. */
function heifSides(_: DataView, bytes: Uint8Array): Sides {
  const properties = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 65_536));
  let largest: Sides = [0, 0];
  for (let at = properties.indexOf('ispe'); at >= 0; at = properties.indexOf('ispe', at + 4)) {
    if (at + 16 > properties.length) break;
    const sides: Sides = [properties.readUInt32BE(at + 8), properties.readUInt32BE(at + 12)];
    if (sides[0] * sides[1] > largest[0] * largest[1]) largest = sides;
  }
  return largest;
}
