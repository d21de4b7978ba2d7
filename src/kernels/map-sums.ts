import { kernelMemory } from './kernel-memory.ts';
import { kernels } from './kernels.ts';

/* One function a kernel. Sums are float64 in a fixed order, so every machine has the same. Maps are float32, row-major. */

/** A map, and the value that sums are taken around: a value of the map makes sums of a constant map exactly 0. */
export interface ShiftedMap {
  readonly map: Float32Array;
  readonly shift: number;
}

export interface NormSums {
  readonly map: number;
  readonly norm: number;
  readonly products: number;
  readonly mapSquares: number;
  readonly normSquares: number;
}

export interface HeatSums {
  readonly total: number;
  /** Sums of heat times the middle of its cell, in cells. */
  readonly momentX: number;
  readonly momentY: number;
  /** In the border ring and in boxes. */
  readonly border: number;
  readonly boxes: number;
  /** Index of the hottest content cell, the first in reading order; -1 without one. */
  readonly hottest: number;
}

/** The weights of `sumHeat`; all but `middlesX` and `middlesY` have a value for each cell. */
export interface HeatWeights {
  /** Content area. */
  readonly areas: Float64Array;
  /** Coverage by the border ring, and by boxes. */
  readonly ring: Float32Array;
  readonly boxes: Float32Array;
  /** Middle of each column and row, in cells. */
  readonly middlesX: Float64Array;
  readonly middlesY: Float64Array;
}

/** Sum of the values where the mask is 1. */
export function sumUnder(values: Float32Array, mask: Float32Array): number {
  kernelMemory.start();
  const from = kernelMemory.put(values);
  return kernels.sumUnder(from, kernelMemory.put(mask), mask.length);
}

/** Sums over the mask of a map, of the square root of `energy`, of their products and squares; each less its shift. */
export function sumWithNorm(
  { map, shift }: ShiftedMap,
  energy: Float32Array,
  normShift: number,
  mask: Float32Array,
): NormSums {
  kernelMemory.start();
  const sums = kernelMemory.room(5 * 8);
  const from = kernelMemory.put(map);
  const energies = kernelMemory.put(energy);
  const inside = kernelMemory.put(mask);
  kernels.sumWithNorm(from, energies, inside, map.length, shift, normShift, sums);
  const [ofMap = 0, norm = 0, products = 0, mapSquares = 0, normSquares = 0] = kernelMemory.doubles(
    sums,
    5,
  );
  return { map: ofMap, norm, products, mapSquares, normSquares };
}

/** Weighted sums of a - its shift, and of its product with b - its shift. */
export function sumProducts(
  a: ShiftedMap,
  b: ShiftedMap,
  areas: Float64Array,
): { readonly sum: number; readonly products: number } {
  kernelMemory.start();
  const sums = kernelMemory.room(2 * 8);
  const first = kernelMemory.put(a.map);
  const second = a.map === b.map ? first : kernelMemory.put(b.map);
  const weights = kernelMemory.put(areas);
  kernels.sumProducts(first, a.shift, second, b.shift, weights, areas.length, sums);
  const [sum = 0, products = 0] = kernelMemory.doubles(sums, 2);
  return { sum, products };
}

/** Dot products of the rows of [count, d] with themselves and with those of `others`, [count, count] each. */
export function dotRows(
  rows: Float32Array,
  others: Float32Array,
  count: number,
): { readonly own: Float64Array; readonly mixed: Float64Array } {
  kernelMemory.start();
  const first = kernelMemory.put(rows);
  const second = kernelMemory.put(others);
  const to = kernelMemory.room(count * count * 8);
  const take = (with_: number): Float64Array => {
    kernels.dotRows(first, with_, count, rows.length / count, to);
    return kernelMemory.doubles(to, count * count).slice();
  };
  return { own: take(first), mixed: take(second) };
}

/** Sums of a map's heat, value times content area, in one pass. */
export function sumHeat(
  map: Float32Array,
  { areas, ring, boxes, middlesX, middlesY }: HeatWeights,
): HeatSums {
  kernelMemory.start();
  const sums = kernelMemory.room(6 * 8);
  const from = kernelMemory.put(map);
  const areasAt = kernelMemory.put(areas);
  const ringAt = kernelMemory.put(ring);
  const boxesAt = boxes === ring ? ringAt : kernelMemory.put(boxes);
  const across = kernelMemory.put(middlesX);
  const down = kernelMemory.put(middlesY);
  // Padding for reads beyond the end of the last row.
  kernelMemory.room(8);
  const [width, height] = [middlesX.length, middlesY.length];
  kernels.sumHeat(from, areasAt, ringAt, boxesAt, across, down, width, height, sums);
  const [total = 0, momentX = 0, momentY = 0, border = 0, inBoxes = 0, hottest = -1] =
    kernelMemory.doubles(sums, 6);
  return { total, momentX, momentY, border, boxes: inBoxes, hottest };
}

const mantissaBits = 23;
const tableSize = 2048;

/** Of the middle m of each interval of the mantissa, in [1, 2): ln m and 2^-23 / m, one after the other. */
const logarithms = kernelMemory.keep(
  Float64Array.from({ length: 2 * tableSize }, (_, i) => {
    const middle = 1 + ((i >> 1) + 0.5) / tableSize;
    return i % 2 === 0 ? Math.log(middle) : 2 ** -mantissaBits / middle;
  }),
);

/**
 * Sum of area * value * ln(value) over cells. Each logarithm is right to 5e-14: a table of 2048 logarithms and three terms of ln(1 + x) for
 * the rest, |x| < 2.5e-4 (Tang 1990, ACM TOMS 16, 378-400). Zeros and subnormal float32 values add nothing.
 *
 * @param map none below 0
 * @param areas of as many cells
 */
export function entropySum(map: Float32Array, areas: Float64Array): number {
  kernelMemory.start();
  const from = kernelMemory.put(map);
  return kernels.sumEntropy(from, kernelMemory.put(areas), map.length, logarithms);
}
