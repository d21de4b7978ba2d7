import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { concatenated } from '../../concatenated.ts';
import {
  type ArchivedEntry,
  archivedEntry,
  archivedFiles,
  localHeaderBytes,
  MapArchiveWriter,
  plainEntry,
  unpackedFile,
} from '../map-archive.ts';
import {
  decodeNpyExactly,
  encodeNpy,
  npyHeader,
  npyHeaderRangeBytes,
  parseNpyHeader,
} from '../npy.ts';
import { placeMaps } from '../place-maps.ts';
import { fromBytes, toBytes } from './byte-map.ts';

/*
 * The 8-bit maps of one layer of a shard: NumPy's archive of three arrays. `ranges`, float32 [n, k, 2], has the least and the greatest value of each map; `ends`, int32
 * [n + 1], says where the bytes of image i begin and end in the deflated bytes of `maps`; `maps` is uint8 [n, k, gridHeight, gridWidth]. Each image is deflated by
 * itself and ends at a whole byte (zlib's full flush), so one is read without the others, and all together are one deflated array for a reader of the whole.
 */
const names = { ranges: 'ranges', ends: 'ends', maps: 'maps' };

interface Grid {
  readonly gridHeight: number;
  readonly gridWidth: number;
}

/** The signed maps of one image, [k, gridHeight, gridWidth] of its own grid. */
export interface ImageMaps extends Grid {
  readonly signed: Float32Array;
}

/** An empty last block: https://www.rfc-editor.org/rfc/rfc1951, section 3.2.6. */
const lastBlock = Uint8Array.of(3, 0);

/**
 * @param images In the order of their map rows; a smaller grid lies in the upper left corner of the layer's, and the bytes around it are 0.
 * @param components k
 */
export function encodeByteMaps(
  images: readonly (ImageMaps | undefined)[],
  layer: Grid,
  components: number,
): Uint8Array {
  const cells = layer.gridHeight * layer.gridWidth;
  const ranges = new Float32Array(images.length * components * 2);
  const ends = new Int32Array(images.length + 1);
  const header = npyHeader('|u1', [
    ...[images.length, components],
    ...[layer.gridHeight, layer.gridWidth],
  ]);
  const chunks = [deflated(header)];
  let checksum = crc32(header);
  let size = chunks[0]?.length ?? 0;
  ends[0] = size;
  for (const [index, image] of images.entries()) {
    const plain = new Uint8Array(components * cells);
    const own = image === undefined ? 0 : image.gridHeight * image.gridWidth;
    for (let component = 0; image !== undefined && component < components; component++) {
      const part = image.signed.subarray(component * own, (component + 1) * own);
      const { bytes, low, high } = toBytes(part);
      ranges.set([low, high], (index * components + component) * 2);
      placeMaps(bytes, image, layer, plain.subarray(component * cells, (component + 1) * cells));
    }
    const chunk = deflated(plain);
    chunks.push(chunk);
    checksum = crc32(plain, checksum);
    size += chunk.length;
    ends[index + 1] = size;
  }
  const archive = new MapArchiveWriter();
  archive.add(names.ranges, plainEntry(encodeNpy([images.length, components, 2], ranges)));
  archive.add(names.ends, plainEntry(encodeNpy([ends.length], ends)));
  archive.add(names.maps, {
    deflated: concatenated([...chunks, lastBlock]),
    ...{ checksum, plainBytes: header.length + images.length * components * cells },
  });
  return archive.finish();
}

/** Runs of bytes, as `packMap` takes them: of maps of blood cells no search for repetitions makes less. */
function deflated(plain: Uint8Array): Uint8Array {
  return deflateRawSync(plain, {
    strategy: constants.Z_RLE,
    finishFlush: constants.Z_FULL_FLUSH,
  });
}

/** How many bytes from the start of an archive hold the index of up to 256 images with one component each, for `parseByteMapIndex`. */
export const byteMapHeadBytes = 4096;

/** What stands before the maps. */
export interface ByteMapIndex {
  readonly images: number;
  readonly components: number;
  /** [images, components, 2]. */
  readonly ranges: Float32Array;
  /** [images + 1], counted from `start`. */
  readonly ends: Int32Array;
  /** Where the deflated bytes begin in the archive. */
  readonly start: number;
}

/** Returns the index from the first bytes of an archive, or how many of them are needed. Throws `RangeError` for anything else. */
export function parseByteMapIndex(head: Uint8Array): ByteMapIndex | { readonly needed: number } {
  const ranges = entryAt(head, 0, names.ranges);
  const { shape } = parseNpyHeader(head.subarray(ranges.start));
  const [images = 0, components = 0] = shape;
  const endsAt = ranges.start + ranges.packedBytes;
  const endsBytes = npyHeaderRangeBytes + 4 * (images + 1);
  const mapsAt = endsAt + localHeaderBytes + `${names.ends}.npy`.length + endsBytes;
  const needed = mapsAt + localHeaderBytes + `${names.maps}.npy`.length;
  if (head.length < needed) return { needed };
  const ends = entryAt(head, endsAt, names.ends);
  return {
    ...{ images, components, start: entryAt(head, mapsAt, names.maps).start },
    ranges: decodeNpyExactly(
      head.subarray(ranges.start, endsAt),
      [images, components, 2],
      (values) => new Float32Array(values),
    ),
    ends: decodeNpyExactly(
      head.subarray(ends.start, mapsAt),
      [images + 1],
      (values) => new Int32Array(values),
    ),
  };
}

function entryAt(head: Uint8Array, at: number, name: string): ArchivedEntry {
  const entry = archivedEntry(head, at);
  if (entry?.name !== `${name}.npy`) throw new RangeError('not an archive of maps');
  return entry;
}

/** Bytes [start, end) of the archive with the maps of one image; `undefined` where an altered index names none. */
export function byteMapPlace(
  { images, ends, start }: ByteMapIndex,
  mapRow: number,
): { readonly start: number; readonly end: number } | undefined {
  const [from = 0, to = 0] = ends.subarray(mapRow, mapRow + 2);
  const isPlace = Number.isInteger(mapRow) && mapRow >= 0 && mapRow < images;
  return isPlace && from > 0 && to > from ? { start: start + from, end: start + to } : undefined;
}

/** The first `count` maps of an image, [count, cells], from the bytes at its place; `undefined` where they are not those of its maps. */
export function unpackByteMaps(
  packed: Uint8Array,
  { index, mapRow, cells, count }: ByteMapRequest,
): Float32Array<ArrayBuffer> | undefined {
  const size = index.components * cells;
  const plain = inflated(packed, size);
  if (plain?.length !== size || count > index.components) return undefined;
  return valuesOf(plain.subarray(0, count * cells), cells, rangesOf(index, mapRow));
}

export interface ByteMapRequest {
  readonly index: ByteMapIndex;
  readonly mapRow: number;
  /** Of the layer's grid. */
  readonly cells: number;
  readonly count: number;
}

/** All values of an archive in memory, [images, components, cells]. Throws `RangeError` where it is altered. */
export function decodeByteMaps(archive: Uint8Array, cells: number): Float32Array<ArrayBuffer> {
  const index = parseByteMapIndex(archive);
  if ('needed' in index) throw new RangeError('it is cut short');
  const size = index.components * cells;
  const maps = archivedFiles(archive)[2];
  if (maps === undefined) throw new RangeError('it has no maps');
  const plain = unpackedFile(maps, npyHeaderRangeBytes + index.images * size);
  if (plain.length !== npyHeaderRangeBytes + index.images * size) {
    throw new RangeError('its maps have another grid');
  }
  const values = new Float32Array(index.images * size);
  for (let image = 0; image < index.images; image++) {
    const start = npyHeaderRangeBytes + image * size;
    const part = plain.subarray(start, start + size);
    values.set(valuesOf(part, cells, rangesOf(index, image)), image * size);
  }
  return values;
}

/** [components, 2] of an image. */
function rangesOf({ ranges, components }: ByteMapIndex, image: number): Float32Array {
  return ranges.subarray(image * components * 2, (image + 1) * components * 2);
}

function valuesOf(plain: Uint8Array, cells: number, ranges: Float32Array) {
  const values = new Float32Array(plain.length);
  for (let start = 0; start < plain.length; start += cells) {
    const [low = 0, high = 0] = ranges.subarray((start / cells) * 2);
    values.set(fromBytes({ bytes: plain.subarray(start, start + cells), low, high }), start);
  }
  return values;
}

/** One image's bytes; the stream goes on behind them. */
function inflated(packed: Uint8Array, plainBytes: number): Uint8Array | undefined {
  try {
    return inflateRawSync(packed, {
      maxOutputLength: Math.max(1, plainBytes),
      finishFlush: constants.Z_SYNC_FLUSH,
    });
  } catch {
    return undefined;
  }
}
