import type { SampleCandidates } from '../../run/candidates.ts';
import { deflatedEntry, MapArchiveWriter, plainEntry } from '../map-archive.ts';
import { encodeNpy } from '../npy.ts';

/**
 * The candidates of a shard's images, in their order, as NumPy's archive of whole arrays: `counts` and `cut` [images], and those of all images one after the other. Numbers
 * that hardly become smaller are stored as they are, so that what a file claims cannot be more than it has.
 *
 * @param images of each row of the shard; `undefined` where the image could not be explained
 */
export function encodeCandidates(images: readonly (SampleCandidates | undefined)[]): Uint8Array {
  const found = images.filter((one) => one !== undefined);
  const count = found.reduce((sum, one) => sum + one.count, 0);
  const writer = new MapArchiveWriter();
  const deflate = (name: string, shape: readonly number[], values: Int32Array | Uint8Array) =>
    writer.add(name, deflatedEntry(encodeNpy(shape, values)));
  const plain = (name: string, shape: readonly number[], values: Float32Array) =>
    writer.add(name, plainEntry(encodeNpy(shape, values)));
  const ofImages = (numberOf: (one: SampleCandidates) => number) =>
    Int32Array.from(images, (one) => (one === undefined ? 0 : numberOf(one)));
  deflate(
    'counts',
    [images.length],
    ofImages((one) => one.count),
  );
  deflate(
    'cut',
    [images.length],
    ofImages((one) => one.cut),
  );
  plain('scores', [count], joined(found.map(({ scores }) => scores)));
  plain('boxes', [count, 4], joined(found.map(({ boxes }) => boxes)));
  deflate('class_ids', [count], joinedIds(found, count));
  if (found.some(({ rotated }) => rotated !== undefined)) {
    plain('rotated', [count, 5], joined(found.map(({ rotated }) => rotated ?? none)));
  }
  const points = pointsOf(found);
  if (points > 0) {
    plain('keypoints', [count, points, 3], joined(found.map(({ keypoints }) => keypoints ?? none)));
  }
  if (found.some(({ masks }) => masks !== undefined)) addMasks(writer, images);
  return writer.finish();
}

const none = new Float32Array(0);

function pointsOf(found: readonly SampleCandidates[]): number {
  const one = found.find(({ count, keypoints }) => count > 0 && keypoints !== undefined);
  return one?.keypoints === undefined ? 0 : one.keypoints.length / one.count / 3;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function joinedIds(found: readonly SampleCandidates[], count: number): Int32Array {
  const all = new Int32Array(count);
  let at = 0;
  for (const { classIds } of found) {
    all.set(classIds, at);
    at += classIds.length;
  }
  return all;
}

/** Sizes by image, and the run lengths of all candidates as text, one after the other, with the length of each. */
function addMasks(
  writer: MapArchiveWriter,
  images: readonly (SampleCandidates | undefined)[],
): void {
  const sizes = images.flatMap((one) => one?.masks?.size ?? [0, 0]);
  const counts = images.flatMap((one) => one?.masks?.counts ?? []);
  const lengths = Int32Array.from(counts, ({ length }) => length);
  const runs = new TextEncoder().encode(counts.join(''));
  writer.add('mask_sizes', deflatedEntry(encodeNpy([images.length, 2], Int32Array.from(sizes))));
  writer.add('mask_lengths', plainEntry(encodeNpy([counts.length], lengths)));
  writer.add('mask_runs', plainEntry(encodeNpy([runs.length], runs)));
}
