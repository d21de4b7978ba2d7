import type { CoveringObject } from '../../maps/object-coverage.ts';
import { type PolygonPlan, polygonMask } from '../../maps/polygon-mask.ts';
import { visitRuns } from '../../shared/run/coco-rle.ts';
import type { CocoRle, InputMask } from '../../shared/run/detection.ts';
import type { LabeledObject } from '../../shared/run/labels/sample-labels.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ObjectShape } from '../../shared/run/task-traits.ts';

/** Labels as the model's own objects are measured: by masks for a segment model, by rotated boxes for an OBB model, else by boxes. */
export function labelRegions(
  objects: readonly LabeledObject[],
  geometry: LetterboxGeometry,
  shape: ObjectShape,
): CoveringObject[] {
  return objects.map(({ box, rotated, polygons, rle }): CoveringObject => {
    if (shape === 'rotated') return { box, ...(rotated && { rotated }) };
    if (shape !== 'mask') return { box };
    const mask = rle ? rleMask(rle, geometry) : polygons && outlineMask(polygons, geometry);
    return { box, ...(mask && { mask: { input: mask } }) };
  });
}

function outlineMask(
  polygons: readonly (readonly number[])[],
  geometry: LetterboxGeometry,
): InputMask {
  const { width, height, newWidth, newHeight, left, top } = geometry;
  const [scaleX, scaleY] = [newWidth / width, newHeight / height];
  const plan: PolygonPlan = {
    polygons: polygons.map((polygon) =>
      polygon.map((value, i) => (i % 2 === 0 ? value * scaleX + left : value * scaleY + top)),
    ),
    width: geometry.inputWidth,
    height: geometry.inputHeight,
  };
  return polygonMask(plan);
}

/** `undefined` for run lengths that do not fit their size. Only what the mask reaches is laid out: photos have a hundred times the pixels of most objects. */
function rleMask(rle: CocoRle, geometry: LetterboxGeometry): InputMask | undefined {
  const [height, width] = rle.size;
  const runs: [start: number, end: number][] = [];
  try {
    visitRuns(rle, (start, end) => runs.push([start, end]));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const [first, last] = [runs[0]?.[0] ?? 0, (runs.at(-1)?.[1] ?? 1) - 1];
  const [firstColumn, endColumn] = [Math.floor(first / height), Math.floor(last / height) + 1];
  const stored = new Uint8Array((endColumn - firstColumn) * height);
  const offset = firstColumn * height;
  for (const [start, end] of runs) stored.fill(1, start - offset, end - offset);
  const { inputWidth, inputHeight, newWidth, newHeight, left, top } = geometry;
  const toInput = (column: number) => left + (column / width) * newWidth;
  const from = Math.min(inputWidth, Math.max(0, Math.floor(toInput(firstColumn)) - 1));
  const to = Math.min(inputWidth, Math.max(from, Math.ceil(toInput(endColumn)) + 1));
  const [firstRow, endRow] = rowsOf(runs, height);
  const toInputRow = (row: number) => top + (row / height) * newHeight;
  const upper = Math.min(inputHeight, Math.max(0, Math.floor(toInputRow(firstRow)) - 1));
  const lower = Math.min(inputHeight, Math.max(upper, Math.ceil(toInputRow(endRow)) + 1));
  const columns = sourcesOf({ from, end: to }, (x) => ((x + 0.5 - left) / newWidth) * width);
  const rows = sourcesOf(
    { from: upper, end: lower },
    (y) => ((y + 0.5 - top) / newHeight) * height,
  );
  const bits = new Uint8Array(columns.length * rows.length);
  for (let x = 0; x < columns.length; x++) {
    const column = columns[x] ?? 0;
    if (column < firstColumn || column >= endColumn) continue;
    const start = (column - firstColumn) * height;
    for (let y = 0; y < rows.length; y++) {
      const row = rows[y] ?? 0;
      if (row < 0 || row >= height) continue;
      bits[y * columns.length + x] = stored[start + row] ?? 0;
    }
  }
  return { left: from, top: upper, width: columns.length, height: rows.length, bits };
}

/** The stored pixel under the middle of each pixel of the input. */
function sourcesOf(
  { from, end }: { readonly from: number; readonly end: number },
  sourceOf: (pixel: number) => number,
): Int32Array {
  return Int32Array.from({ length: end - from }, (_, i) => Math.floor(sourceOf(from + i)));
}

/** The rows that runs along columns reach: all where one goes on in the next column. */
function rowsOf(runs: readonly (readonly [start: number, end: number])[], height: number) {
  let [first, last] = [height, 0];
  for (const [start, end] of runs) {
    const row = start % height;
    const isWithin = row + end - start <= height;
    first = Math.min(first, isWithin ? row : 0);
    last = Math.max(last, isWithin ? row + end - start : height);
  }
  return [first, last] as const;
}
