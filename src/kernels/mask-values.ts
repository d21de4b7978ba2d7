import { kernelMemory } from './kernel-memory.ts';
import { kernels } from './kernels.ts';
import type { BilinearTaps } from './map-sampling.ts';

/** What masks are weighted sums of. */
export interface PrototypeMaps {
  /** [count, height, width] */
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** One mask: where it can be set, and what it is made of. */
export interface MaskPlan {
  /** [count]: weights of the prototypes. */
  readonly weights: Float64Array;
  /** Rows and columns of pixels, at least one of each, as taps on the grid of the prototypes; they ascend. */
  readonly rows: BilinearTaps;
  readonly columns: BilinearTaps;
}

/** Pixels sampled at a time, so that a mask as large as the input takes no more kernel memory than others. */
const pixelsAtOnce = 65_536;

/**
 * Returns the pixels of each mask, [rows.size, columns.size]: 1 where the weighted sum of the prototypes, sampled bilinearly, is above 0. The prototypes
 * are placed once, and summed only where a mask can be set.
 */
export function maskBits(prototypes: PrototypeMaps, plans: readonly MaskPlan[]): Uint8Array[] {
  if (plans.length === 0) return [];
  const places = placesFor(prototypes, plans);
  return plans.map((plan) => {
    kernelMemory.replace(places.weights, plan.weights);
    kernelMemory.replace(places.rowTaps, plan.rows.records);
    kernelMemory.replace(places.columnTaps, plan.columns.records);
    sumPrototypes(places, plan);
    return signsOf(places, plan);
  });
}

/** One mask on the grid of the prototypes: the cells, [first, end), in which it can be set, and what it is made of. */
export interface CellMaskPlan {
  /** [count]: weights of the prototypes. */
  readonly weights: Float64Array;
  readonly rows: { readonly first: number; readonly end: number };
  readonly columns: { readonly first: number; readonly end: number };
}

/** Returns the cells of each mask, [rows, columns] of its plan: 1 where the weighted sum of the prototypes is above 0. */
export function cellMaskBits(
  { values, height, width }: PrototypeMaps,
  plans: readonly CellMaskPlan[],
): Uint8Array[] {
  if (plans.length === 0) return [];
  const cells = height * width;
  kernelMemory.start();
  const from = kernelMemory.put(values);
  // Rows are read and written in vectors and may end three cells late.
  kernelMemory.room(16);
  const weights = kernelMemory.room((values.length / cells) * 8);
  const sums = kernelMemory.room((width + 4) * 4);
  return plans.map((plan) => {
    kernelMemory.replace(weights, plan.weights);
    const { rows, columns } = plan;
    const across = columns.end - columns.first;
    const bits = new Uint8Array((rows.end - rows.first) * across);
    for (let row = rows.first; row < rows.end && across > 0; row++) {
      const at = from + (row * width + columns.first) * 4;
      kernels.combine(at, cells, weights, plan.weights.length, sums, across);
      const start = (row - rows.first) * across;
      const found = kernelMemory.floats(sums, across);
      for (let i = 0; i < across; i++) if (found[i]! > 0) bits[start + i] = 1;
    }
    return bits;
  });
}

/** Addresses, and the prototypes' width and number of cells. */
type Places = ReturnType<typeof placesFor>;

function placesFor({ values, height, width }: PrototypeMaps, plans: readonly MaskPlan[]) {
  const cells = height * width;
  const widest = plans.reduce((most, { columns }) => Math.max(most, columns.size), 0);
  const highest = plans.reduce((most, { rows }) => Math.max(most, rows.size), 0);
  kernelMemory.start();
  const from = kernelMemory.put(values);
  // Rows are read and written in vectors and may end three cells late.
  kernelMemory.room(16);
  return {
    ...{ width, cells, from },
    weights: kernelMemory.room((values.length / cells) * 8),
    sums: kernelMemory.room((cells + 4) * 4),
    line: kernelMemory.room((width + 4) * 4),
    rowTaps: kernelMemory.room(highest * 12),
    columnTaps: kernelMemory.room(widest * 12),
    sampled: kernelMemory.room(Math.max(pixelsAtOnce, widest) * 4),
  };
}

/** The cells that the mask's taps read; what lies around them keeps the numbers of an earlier mask. */
function sumPrototypes({ from, width, cells, weights, sums }: Places, plan: MaskPlan): void {
  const rows = cellsOf(plan.rows);
  const columns = cellsOf(plan.columns);
  for (let row = rows.first; row <= rows.last; row++) {
    const at = (row * width + columns.first) * 4;
    const count = columns.last - columns.first + 1;
    kernels.combine(from + at, cells, weights, plan.weights.length, sums + at, count);
  }
}

/** The first and the last cell that taps read. */
function cellsOf({ size, records }: BilinearTaps): { first: number; last: number } {
  return { first: records[0]!, last: records[3 * size - 2]! };
}

function signsOf(
  { width, sums, line, ...places }: Places,
  { rows, columns }: MaskPlan,
): Uint8Array {
  const bits = new Uint8Array(rows.size * columns.size);
  const most = Math.max(1, Math.floor(pixelsAtOnce / columns.size));
  for (let row = 0; row < rows.size; row += most) {
    const count = Math.min(most, rows.size - row);
    const taps = places.rowTaps + row * 12;
    const { columnTaps, sampled } = places;
    kernels.sample(sums, width, taps, count, columnTaps, columns.size, line, sampled);
    const logits = kernelMemory.floats(sampled, count * columns.size);
    const start = row * columns.size;
    for (let i = 0; i < logits.length; i++) if (logits[i]! > 0) bits[start + i] = 1;
  }
  return bits;
}
