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
const vectorBytes = 16;

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
  prototypes: PrototypeMaps,
  plans: readonly CellMaskPlan[],
): Uint8Array[] {
  if (plans.length === 0) return [];
  const { width, height } = prototypes;
  kernelMemory.start();
  const { from, stride, count } = putPrototypes(prototypes);
  const weights = kernelMemory.room(count * 8);
  const sums = kernelMemory.room((width + vectorBytes) * 4);
  const bits = kernelMemory.room(width * height + vectorBytes);
  return plans.map((plan) => {
    kernelMemory.replace(weights, plan.weights);
    const { rows, columns } = plan;
    const across = columns.end - columns.first;
    for (let row = rows.first; row < rows.end && across > 0; row++) {
      const at = from + (row * width + columns.first) * 4;
      kernels.combine(at, stride, weights, count, sums, across);
      kernels.signs(sums, bits + (row - rows.first) * across, across);
    }
    return kernelMemory.bytes(bits, (rows.end - rows.first) * across).slice();
  });
}

const lineBytes = 64;

/**
 * A prototype each an odd number of cache lines after the one before it: grids of 160 x 160 cells in a row are a multiple of 4 KiB apart, and one cell of all of
 * them would fall on the same few places of the fastest cache.
 */
function putPrototypes({ values, width, height }: PrototypeMaps) {
  const cells = width * height;
  const count = values.length / cells;
  const lines = Math.ceil((cells * 4) / lineBytes) | 1;
  const stride = (lines * lineBytes) / 4;
  // Rows are read in vectors and may end three cells late.
  const from = kernelMemory.room(count * stride * 4 + vectorBytes);
  for (let one = 0; one < count; one++) {
    const own = values.subarray(one * cells, (one + 1) * cells);
    kernelMemory.replace(from + one * stride * 4, own);
  }
  return { from, stride, count };
}

/** Addresses, and the prototypes' width and number of cells. */
type Places = ReturnType<typeof placesFor>;

function placesFor(prototypes: PrototypeMaps, plans: readonly MaskPlan[]) {
  const { width, height } = prototypes;
  const widest = plans.reduce((most, { columns }) => Math.max(most, columns.size), 0);
  const highest = plans.reduce((most, { rows }) => Math.max(most, rows.size), 0);
  kernelMemory.start();
  const placed = putPrototypes(prototypes);
  return {
    ...{ width, ...placed },
    weights: kernelMemory.room(placed.count * 8),
    sums: kernelMemory.room((width * height + 4) * 4),
    rowTaps: kernelMemory.room(highest * 12),
    columnTaps: kernelMemory.room(widest * 12),
    scratch: kernelMemory.room(widest * 21 + vectorBytes),
    bits: kernelMemory.room(Math.max(pixelsAtOnce, widest)),
  };
}

/** The cells that the mask's taps read; what lies around them keeps the numbers of an earlier mask. */
function sumPrototypes({ from, stride, width, weights, sums }: Places, plan: MaskPlan): void {
  const rows = cellsOf(plan.rows);
  const columns = cellsOf(plan.columns);
  for (let row = rows.first; row <= rows.last; row++) {
    const at = (row * width + columns.first) * 4;
    const count = columns.last - columns.first + 1;
    kernels.combine(from + at, stride, weights, plan.weights.length, sums + at, count);
  }
}

/** The first and the last cell that taps read. */
function cellsOf({ size, records }: BilinearTaps): { first: number; last: number } {
  return { first: records[0]!, last: records[3 * size - 2]! };
}

function signsOf(
  { width, sums, rowTaps, columnTaps, scratch, bits }: Places,
  { rows, columns }: MaskPlan,
): Uint8Array {
  const found = new Uint8Array(rows.size * columns.size);
  const most = Math.max(1, Math.floor(pixelsAtOnce / columns.size));
  for (let row = 0; row < rows.size; row += most) {
    const count = Math.min(most, rows.size - row);
    const taps = rowTaps + row * 12;
    kernels.sampleSigns(sums, width, taps, count, columnTaps, columns.size, scratch, bits);
    found.set(kernelMemory.bytes(bits, count * columns.size), row * columns.size);
  }
  return found;
}
