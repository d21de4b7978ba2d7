import { visitRuns } from '../../shared/run/coco-rle.ts';
import type { CocoRle } from '../../shared/run/detection.ts';
import type { LabeledObject } from '../../shared/run/labels/sample-labels.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { fillOutline } from './filled-outline.ts';
import { resampledOutline } from './resampled-outline.ts';

/** Which label has a cell, at the size of a model's prototypes: one label a cell, the smaller ones over the larger, as `val` with its default `overlap_mask`. */
export interface LabelMap {
  readonly size: readonly [height: number, width: number];
  /** [width, height], column by column as run lengths are: 0 for none, else 1 + the place in `order`. */
  readonly cells: Int32Array;
  /** Labels by descending area, as indexes of the objects; equal ones as they came. */
  readonly order: readonly number[];
  /** Cells of each label that no smaller one took, in that order. */
  readonly areas: Float32Array;
}

/**
 * The masks of labels as Ultralytics' `val` makes them: outlines of 1,000 points on whole pixels of the input, filled with their lines, then reduced to the
 * prototypes' size, where a cell belongs to an object when half of what it samples does. Several outlines of an object count as one region. A label without a
 * mask is its box.
 */
export function labelMap(
  objects: readonly LabeledObject[],
  geometry: LetterboxGeometry,
  size: readonly [height: number, width: number],
): LabelMap {
  const masks = objects.map((object) => reduced(inputMask(object, geometry), geometry, size));
  const sums = masks.map((mask) => mask.reduce((sum, bit) => sum + bit, 0));
  const order = objects.map((_, i) => i).sort((a, b) => sums[b]! - sums[a]! || a - b);
  const [height, width] = size;
  const cells = new Int32Array(height * width);
  for (const [place, index] of order.entries()) {
    const mask = masks[index]!;
    for (let i = 0; i < mask.length; i++) if (mask[i] === 1) cells[i] = place + 1;
  }
  const areas = new Float32Array(objects.length);
  for (const owner of cells) if (owner > 0) areas[owner - 1]! += 1;
  return { size, cells, order, areas };
}

/** [inputHeight, inputWidth] */
function inputMask({ box, polygons, rle }: LabeledObject, geometry: LetterboxGeometry): Uint8Array {
  const { inputWidth, inputHeight } = geometry;
  const bits = new Uint8Array(inputWidth * inputHeight);
  if (rle && sampleRle(rle, geometry, bits)) return bits;
  const [left, top, right, bottom] = box;
  const outlines = polygons ?? [[left, top, right, top, right, bottom, left, bottom]];
  for (const outline of outlines) {
    const corners = resampledOutline(outline, geometry);
    fillOutline(corners, bits, inputWidth);
  }
  return bits;
}

/** Sets the pixels whose middle lies in a stored mask; false for run lengths that do not fit their size. */
function sampleRle(rle: CocoRle, geometry: LetterboxGeometry, bits: Uint8Array): boolean {
  const [height, width] = rle.size;
  const stored = new Uint8Array(height * width);
  try {
    visitRuns(rle, (start, end) => stored.fill(1, start, end));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
  const { inputWidth, inputHeight, newWidth, newHeight, left, top } = geometry;
  for (let y = 0; y < inputHeight; y++) {
    const row = Math.floor(((y + 0.5 - top) / newHeight) * height);
    if (row < 0 || row >= height) continue;
    for (let x = 0; x < inputWidth; x++) {
      const column = Math.floor(((x + 0.5 - left) / newWidth) * width);
      if (column < 0 || column >= width) continue;
      bits[y * inputWidth + x] = stored[column * height + row]!;
    }
  }
  return true;
}

/** To the prototypes' size, column by column: what OpenCV's bilinear resize of zeros and ones rounds to 1. */
function reduced(
  bits: Uint8Array,
  { inputWidth, inputHeight }: LetterboxGeometry,
  [height, width]: readonly [number, number],
): Uint8Array {
  const [rows, columns] = [taps(height, inputHeight), taps(width, inputWidth)];
  const cells = new Uint8Array(height * width);
  for (let column = 0; column < width; column++) {
    const { first: left, second: right, part: across } = columns[column]!;
    for (let row = 0; row < height; row++) {
      const { first: top, second: bottom, part: down } = rows[row]!;
      const upper = mix(bits[top * inputWidth + left]!, bits[top * inputWidth + right]!, across);
      const lower = mix(
        bits[bottom * inputWidth + left]!,
        bits[bottom * inputWidth + right]!,
        across,
      );
      if (mix(upper, lower, down) >= 0.5) cells[column * height + row] = 1;
    }
  }
  return cells;
}

function mix(first: number, second: number, part: number): number {
  return first + (second - first) * part;
}

function taps(cells: number, pixels: number) {
  return Array.from({ length: cells }, (_, i) => {
    const at = Math.max(((i + 0.5) * pixels) / cells - 0.5, 0);
    const first = Math.min(Math.floor(at), pixels - 1);
    return { first, second: Math.min(first + 1, pixels - 1), part: at - first };
  });
}
