import type { ImageKind } from './image-kind.ts';

/** What each format says of where it ends. BMP is read by `decodeBmp`, which knows. */
const walks: Readonly<Record<Exclude<ImageKind, 'bmp'>, (file: DataView) => boolean>> = {
  jpeg: jpegIsCut,
  png: pngIsCut,
  gif: gifIsCut,
  webp: webpIsCut,
  avif: avifIsCut,
  tiff: tiffIsCut,
};

/**
 * Whether a file ends before its own structure says so. Asked of files that could not be decoded, because libvips keeps the words of its errors in
 * one buffer for the whole process: with several threads decoding, an image may get the words of another, or none. False for a file whose
 * structure makes no sense: that one is damaged. Not every damage shows: a damaged length or offset that is allowed and points beyond the
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
function avifIsCut(file: DataView): boolean {
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

/** Tags of where strips and tiles begin, and of their sizes in bytes (TIFF 6.0, sections 8 and 15). */
const tiffPlaces: ReadonlyMap<number, number> = new Map([
  [273, 279],
  [324, 325],
]);

/** Bytes a value, by type (TIFF 6.0, section 2, and BigTIFF). */
const tiffWidths: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4 },
  ...{ 16: 8, 17: 8, 18: 8 },
};
/** Types that places and sizes come in: 16, 32 or 64 bits without a sign. */
const tiffPlaceTypes: readonly number[] = [3, 4, 16];

/** The first directory, what it points to, and the pixels it names lie within the file. */
function tiffIsCut(file: DataView): boolean {
  if (file.byteLength < 16) return true;
  const little = file.getUint8(0) === 0x49;
  const big = file.getUint16(2, little) === 43;
  const offset = (at: number) =>
    big ? Number(file.getBigUint64(at, little)) : file.getUint32(at, little);
  const [countBytes, entryBytes, offsetBytes] = big ? [8, 20, 8] : [2, 12, 4];
  const directory = offset(big ? 8 : 4);
  if (directory + countBytes > file.byteLength) return true;
  const entries = big ? offset(directory) : file.getUint16(directory, little);
  if (directory + countBytes + entries * entryBytes > file.byteLength) return true;
  const lists = new Map<number, readonly number[]>();
  for (let i = 0; i < entries; i++) {
    const at = directory + countBytes + i * entryBytes;
    const tag = file.getUint16(at, little);
    const type = file.getUint16(at + 2, little);
    const width = tiffWidths[type];
    if (width === undefined) continue;
    const count = offset(at + 4);
    const values = at + 4 + offsetBytes;
    const start = count * width <= offsetBytes ? values : offset(values);
    if (start + count * width > file.byteLength) return true;
    const isPlace = tiffPlaces.has(tag) || [...tiffPlaces.values()].includes(tag);
    if (isPlace && tiffPlaceTypes.includes(type))
      lists.set(tag, listOf(file, { start, count, width, little }));
  }
  return [...tiffPlaces].some(([places, sizes]) =>
    lists.get(places)?.some((place, i) => place + (lists.get(sizes)?.[i] ?? 0) > file.byteLength),
  );
}

function listOf(
  file: DataView,
  list: { start: number; count: number; width: number; little: boolean },
): readonly number[] {
  return Array.from({ length: list.count }, (_, i) => {
    const at = list.start + i * list.width;
    if (list.width === 2) return file.getUint16(at, list.little);
    return list.width === 4
      ? file.getUint32(at, list.little)
      : Number(file.getBigUint64(at, list.little));
  });
}
