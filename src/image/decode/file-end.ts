import type { ImageKind } from './image-kind.ts';
import { lies, tiffDirectory, wholeNumbers } from './tiff-directory.ts';

/** How each format marks its end. `decodeBmp` checks BMP itself. */
const walks: Readonly<Record<Exclude<ImageKind, 'bmp'>, (file: DataView) => boolean>> = {
  jpeg: jpegIsCut,
  png: pngIsCut,
  gif: gifIsCut,
  webp: webpIsCut,
  avif: boxesAreCut,
  heic: boxesAreCut,
  jpeg2000: jpeg2000IsCut,
  tiff: tiffIsCut,
};

/**
 * Returns whether a file ends before its own structure does. Called for files that failed to decode, because libvips keeps its error messages in
 * one buffer for the whole process: with several threads decoding, an image may get the message of another, or none. False for a file whose
 * structure makes no sense: that one is damaged. Not all damage is detected: a damaged but valid length or offset that points beyond the
 * file reads as a cut (in WebP and TIFF any that points there).
 */
export function endIsMissing(kind: Exclude<ImageKind, 'bmp'>, bytes: Uint8Array): boolean {
  return walks[kind](new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/** Segments up to the end marker (ITU-T T.81, annex B); in coded data 0xff is followed by 0 or a restart marker, or begins a segment. */
function jpegIsCut(file: DataView): boolean {
  let at = 2;
  let coded = false;
  while (at + 1 < file.byteLength) {
    const marker = file.getUint8(at) === 0xff ? file.getUint8(at + 1) : undefined;
    if (marker === 0xd9) return false;
    if (marker === 0xff) at += 1;
    else if (marker === undefined || marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) {
      if (!coded) return false;
      at += marker === undefined ? 1 : 2;
    } else {
      if (at + 3 >= file.byteLength) return true;
      coded = marker === 0xda;
      at += 2 + file.getUint16(at + 2);
    }
  }
  return true;
}

/** Chunks of length (31 bits), type (four letters), data, checksum, up to IEND (PNG specification, 5.3). */
function pngIsCut(file: DataView): boolean {
  let at = 8;
  while (at + 8 <= file.byteLength) {
    const length = file.getUint32(at);
    const type = String.fromCharCode(...[4, 5, 6, 7].map((i) => file.getUint8(at + i)));
    if (type === 'IEND' || length > 0x7fffffff || !/^[A-Za-z]{4}$/.test(type)) return false;
    at += 12 + length;
  }
  return true;
}

/** Blocks up to the trailer (GIF89a specification, appendix B). */
function gifIsCut(file: DataView): boolean {
  if (file.byteLength < 13) return true;
  let at = 13 + paletteBytes(file.getUint8(10));
  while (at < file.byteLength) {
    const block = file.getUint8(at);
    if (block === 0x21) at = afterSubBlocks(file, at + 2);
    // The trailer (0x3b), or no block at all.
    else if (block !== 0x2c) return false;
    else if (at + 10 > file.byteLength) return true;
    else at = afterSubBlocks(file, at + 11 + paletteBytes(file.getUint8(at + 9)));
  }
  return true;
}

function paletteBytes(flags: number): number {
  return flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
}

function afterSubBlocks(file: DataView, start: number): number {
  let at = start;
  while (at < file.byteLength) {
    const size = file.getUint8(at);
    at += 1 + size;
    if (size === 0) return at;
  }
  return file.byteLength;
}

/** The container tells its own size (WebP container specification: RIFF header). */
function webpIsCut(file: DataView): boolean {
  return file.byteLength < 12 || 8 + file.getUint32(4, true) > file.byteLength;
}

/** Boxes tell their sizes (ISO/IEC 14496-12, 4.2): 1 is followed by 64 bits, 0 reaches to the end of the file. */
function boxesAreCut(file: DataView): boolean {
  let at = 0;
  while (at < file.byteLength) {
    if (at + 8 > file.byteLength) return true;
    const short = file.getUint32(at);
    if (short === 1 && at + 16 > file.byteLength) return true;
    const size = short === 1 ? Number(file.getBigUint64(at + 8)) : short;
    // A last box that reaches to the end of the file (0), or no size at all: neither is a cut.
    if (size < 8) return false;
    at += size;
  }
  return at > file.byteLength;
}

/** Boxes as in AVIF (ITU-T T.800, I.4); a bare codestream, or one in a box up to the end of the file, has an end marker (A.4.4). */
function jpeg2000IsCut(file: DataView): boolean {
  if (file.byteLength < 4) return true;
  const isBare = file.getUint16(0) === 0xff4f;
  if (!isBare && boxesAreCut(file)) return true;
  return file.getUint16(file.byteLength - 2) !== 0xffd9;
}

/** Tags of where strips and tiles begin, and of their sizes in bytes (TIFF 6.0, sections 8 and 15). */
const tiffPlaces = [
  [273, 279],
  [324, 325],
] as const;

/** The first directory, what it points to, and the pixels it names lie within the file. */
function tiffIsCut(file: DataView): boolean {
  const directory = tiffDirectory(file);
  if (!directory?.fields.every((field) => lies(field, file))) return true;
  return tiffPlaces.some(([places, sizes]) => {
    const bytes = wholeNumbers(file, directory, sizes);
    return wholeNumbers(file, directory, places).some(
      (place, i) => place + (bytes[i] ?? 0) > file.byteLength,
    );
  });
}
