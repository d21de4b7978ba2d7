import type { SampleCandidates } from '../../run/candidates.ts';
import { visitRuns } from '../../run/coco-rle.ts';
import { maxClassId, runBounds } from '../../run/run-bounds.ts';
import { areFinite } from '../../statistics/are-finite.ts';
import { type ArchivedFile, archivedFiles, unpackedFile } from '../map-archive.ts';
import { decodeNpyExactly } from '../npy.ts';

/** The candidates of a shard's images, by row. */
export interface StoredCandidates {
  /** Rows of the shard; those that could not be explained have none. */
  readonly images: number;
  /** Views of the whole arrays. Throws `RangeError` for a row that the shard does not have, and for masks that do not fit their size. */
  of(row: number): SampleCandidates;
}

/** Arrays of all images, one after the other. */
interface Arrays {
  readonly counts: Int32Array;
  readonly cut: Int32Array;
  readonly classIds: Int32Array;
  readonly scores: Float32Array;
  readonly boxes: Float32Array;
  readonly rotated?: Float32Array | undefined;
  readonly keypoints?: Float32Array | undefined;
  readonly masks?: { readonly sizes: Int32Array; readonly runs: readonly string[] } | undefined;
}

/**
 * The candidates that `encodeCandidates` wrote for a shard of so many images. Throws `RangeError` for bytes that are not such a file: everything that it claims is compared
 * with what it has before memory is taken for it.
 */
export function decodeCandidates(bytes: Uint8Array, images: number): StoredCandidates {
  const arrays = arraysOf(new ArchiveReader(bytes), images);
  const starts = new Int32Array(images + 1);
  for (let row = 0; row < images; row++) starts[row + 1] = starts[row]! + arrays.counts[row]!;
  return {
    images,
    of(row) {
      const [start, end] = [starts[row], starts[row + 1]];
      if (start === undefined || end === undefined) throw new RangeError(`no row ${row}`);
      return candidatesBetween(arrays, row, start, end);
    },
  };
}

function arraysOf(archive: ArchiveReader, images: number): Arrays {
  const counts = archive.integers('counts', [images]);
  const cut = archive.integers('cut', [images]);
  const count = counts.reduce((sum, one) => sum + one, 0);
  if ([...counts, ...cut].some((one) => one < 0)) throw new RangeError('A count is negative');
  const scores = archive.floats('scores', [count]);
  const boxes = archive.floats('boxes', [count, 4]);
  const classIds = archive.integers('class_ids', [count]);
  if (classIds.some((id) => id < 0 || id > maxClassId)) throw new RangeError('No class has its id');
  const rotated = archive.has('rotated') ? archive.floats('rotated', [count, 5]) : undefined;
  return {
    ...{ counts, cut, classIds, scores, boxes, rotated },
    keypoints: archive.has('keypoints') ? keypointsOf(archive, count) : undefined,
    masks: archive.has('mask_sizes') ? masksOf(archive, images, count) : undefined,
  };
}

/** As many points as the array has room for. */
function keypointsOf(archive: ArchiveReader, count: number): Float32Array {
  const points = Math.floor((archive.bytesOf('keypoints') - headerBytes) / (count * 12));
  return archive.floats('keypoints', [count, points, 3]);
}

function masksOf(archive: ArchiveReader, images: number, count: number): Arrays['masks'] {
  const sizes = archive.integers('mask_sizes', [images, 2]);
  if (sizes.some((side) => side < 0 || side > runBounds.side)) {
    throw new RangeError('A mask has an impossible size');
  }
  const lengths = archive.integers('mask_lengths', [count]);
  if (lengths.some((length) => length < 0)) throw new RangeError('A length is negative');
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const text = new TextDecoder('latin1').decode(archive.texts('mask_runs', [total]));
  let at = 0;
  const runs = Array.from(lengths, (length) => {
    at += length;
    return text.slice(at - length, at);
  });
  return { sizes, runs };
}

function candidatesBetween(
  arrays: Arrays,
  row: number,
  start: number,
  end: number,
): SampleCandidates {
  const { counts, cut, classIds, scores, boxes, rotated, keypoints, masks } = arrays;
  const ofPoints = keypoints === undefined ? 0 : keypoints.length / scores.length;
  return {
    ...{ count: counts[row]!, cut: cut[row]! },
    classIds: classIds.subarray(start, end),
    scores: scores.subarray(start, end),
    boxes: boxes.subarray(4 * start, 4 * end),
    ...(rotated && { rotated: rotated.subarray(5 * start, 5 * end) }),
    ...(keypoints && { keypoints: keypoints.subarray(ofPoints * start, ofPoints * end) }),
    ...(masks && { masks: checkedMasks(masks, row, start, end) }),
  };
}

function checkedMasks(
  { sizes, runs }: NonNullable<Arrays['masks']>,
  row: number,
  start: number,
  end: number,
) {
  const size = [sizes[2 * row]!, sizes[2 * row + 1]!] as const;
  const counts = runs.slice(start, end);
  for (const one of counts) visitRuns({ size, counts: one }, () => {});
  return { size, counts };
}

/** Of a `.npy` file of ours. */
const headerBytes = 128;

/** Arrays by name, each of which must have exactly the expected shape. */
class ArchiveReader {
  readonly #files: ReadonlyMap<string, ArchivedFile>;

  constructor(bytes: Uint8Array) {
    const files = archivedFiles(bytes);
    this.#files = new Map(files.map((file) => [file.name.replace(/\.npy$/, ''), file]));
  }

  has(name: string): boolean {
    return this.#files.has(name);
  }

  bytesOf(name: string): number {
    return this.#file(name).plainBytes;
  }

  integers(name: string, shape: readonly number[]): Int32Array {
    return decodeNpyExactly(this.#unpacked(name, 4, shape), shape, (all) => new Int32Array(all));
  }

  /** Finite; not deflated, as `texts`. */
  floats(name: string, shape: readonly number[]): Float32Array {
    const bytes = this.#plain(name, 4, shape);
    const values = decodeNpyExactly(bytes, shape, (all) => new Float32Array(all));
    if (!areFinite(values)) throw new RangeError(`${name} has numbers that are not finite`);
    return values;
  }

  texts(name: string, shape: readonly number[]): Uint8Array {
    return decodeNpyExactly(this.#plain(name, 1, shape), shape, (all) => new Uint8Array(all));
  }

  /** What the file says of its size is then what it has. */
  #plain(name: string, itemBytes: number, shape: readonly number[]): Uint8Array {
    if (!this.#file(name).isPlain) throw new RangeError(`${name} is deflated`);
    return this.#unpacked(name, itemBytes, shape);
  }

  #unpacked(name: string, itemBytes: number, shape: readonly number[]): Uint8Array {
    const items = shape.reduce((product, length) => product * length, itemBytes);
    const file = this.#file(name);
    if (file.plainBytes !== headerBytes + items) {
      throw new RangeError(`${name} has ${file.plainBytes} bytes, not ${headerBytes + items}`);
    }
    return unpackedFile(file, headerBytes + items);
  }

  #file(name: string): ArchivedFile {
    const file = this.#files.get(name);
    if (file === undefined) throw new RangeError(`${name} is missing`);
    return file;
  }
}
