/*
 * Sums over the cells of maps: float32, row-major; weights are float64. Addresses are in bytes, lengths in cells. Where a comment says `padded`,
 * the arrays go on with zeros up to a multiple of two cells. Sums are float64, two lanes apart, so their order is the same on every machine.
 */

import { low, pairOf, total } from './lanes';

/**
 * With heat = value * area, written to `out` as float64: the sums of heat, of heat * middleX, of heat * middleY, of heat * ring and of
 * heat * boxes, and the index of the greatest value with an area, the first in reading order, -1 for none. `middlesX` and `middlesY`: float64 for
 * each column and row. All arrays are readable one cell beyond a row's end; areas are 0 where a value is not to count.
 */
export function sumHeat(
  map: usize,
  areas: usize,
  ring: usize,
  boxes: usize,
  middlesX: usize,
  middlesY: usize,
  width: i32,
  height: i32,
  out: usize,
): void {
  let heats = f64x2.splat(0);
  let momentsX = f64x2.splat(0);
  let inRing = f64x2.splat(0);
  let inBoxes = f64x2.splat(0);
  let momentY: f64 = 0;
  let most: f32 = -Infinity;
  let hottest = -1;
  let cell = 0;
  for (let row = 0; row < height; row++) {
    let rowHeats = f64x2.splat(0);
    let rowMost = f32x4.splat(-Infinity);
    const rowStart = cell;
    const rowEnd = cell + width;
    let middles = middlesX;
    for (; cell < rowEnd; cell += 2, middles += 16) {
      const at = <usize>cell << 2;
      let area = v128.load(areas + (at << 1));
      if (cell + 1 == rowEnd) area = f64x2.replace_lane(area, 1, 0);
      const counts = f64x2.gt(area, f64x2.splat(0));
      const values = v128.load64_zero(map + at);
      const heat = v128.and(f64x2.mul(low(values), area), counts);
      rowHeats = f64x2.add(rowHeats, heat);
      momentsX = f64x2.add(momentsX, f64x2.mul(heat, v128.load(middles)));
      inRing = f64x2.add(inRing, f64x2.mul(heat, pairOf(ring + at)));
      inBoxes = f64x2.add(inBoxes, f64x2.mul(heat, pairOf(boxes + at)));
      const counted = v128.shuffle<u32>(counts, f64x2.splat(0), 0, 2, 4, 4);
      rowMost = f32x4.pmax(rowMost, v128.bitselect(values, f32x4.splat(-Infinity), counted));
    }
    cell = rowEnd;
    const greatest = max(f32x4.extract_lane(rowMost, 0), f32x4.extract_lane(rowMost, 1));
    if (greatest > most) {
      most = greatest;
      hottest = rowStart;
      while (
        load<f32>(map + (<usize>hottest << 2)) != greatest ||
        !(load<f64>(areas + (<usize>hottest << 3)) > 0)
      ) {
        hottest++;
      }
    }
    heats = f64x2.add(heats, rowHeats);
    momentY += total(rowHeats) * load<f64>(middlesY + (<usize>row << 3));
  }
  store<f64>(out, total(heats));
  store<f64>(out, total(momentsX), 8);
  store<f64>(out, momentY, 16);
  store<f64>(out, total(inRing), 24);
  store<f64>(out, total(inBoxes), 32);
  store<f64>(out, <f64>hottest, 40);
}

/**
 * Sum of area * value * ln(value), of values that are 0 or normal and positive. The logarithm is that of `entropySum`: `table` has for each of the 2048
 * intervals of the mantissa the logarithm of its middle m and 2^-23 / m, both float64. Padded.
 */
export function sumEntropy(map: usize, areas: usize, cells: i32, table: usize): f64 {
  let sum = f64x2.splat(0);
  const third = f64x2.splat(1.0 / 3.0);
  const half = f64x2.splat(0.5);
  const ln2 = f64x2.splat(0.6931471805599453);
  for (let cell = 0; cell < cells; cell += 2) {
    const at = <usize>cell << 2;
    const bits = v128.load64_zero(map + at);
    const intervals = v128.and(i32x4.shr_u(bits, 12), i32x4.splat(2047));
    const first = v128.load(table + (<usize>i32x4.extract_lane(intervals, 0) << 4));
    const second = v128.load(table + (<usize>i32x4.extract_lane(intervals, 1) << 4));
    const logarithms = v128.shuffle<u64>(first, second, 0, 2);
    const steps = v128.shuffle<u64>(first, second, 1, 3);
    const rest = i32x4.sub(v128.and(bits, i32x4.splat(4095)), i32x4.splat(2048));
    const exponent = i32x4.sub(i32x4.shr_u(bits, 23), i32x4.splat(127));
    const x = f64x2.mul(f64x2.convert_low_i32x4_s(rest), steps);
    const small = f64x2.sub(
      x,
      f64x2.mul(f64x2.mul(x, x), f64x2.sub(half, f64x2.mul(x, third))),
    );
    const large = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(exponent), ln2), logarithms);
    const weight = f64x2.mul(low(bits), v128.load(areas + (at << 1)));
    sum = f64x2.add(sum, f64x2.mul(weight, f64x2.add(large, small)));
  }
  return total(sum);
}

/**
 * With a = mapA - shiftA, b = mapB - shiftB and the areas as weights, the sums of a and of a * b, written to `out` as float64. Cells without an
 * area are left out, whatever they hold. Padded.
 */
export function sumProducts(
  mapA: usize,
  shiftA: f64,
  mapB: usize,
  shiftB: f64,
  areas: usize,
  cells: i32,
  out: usize,
): void {
  const shiftsA = f64x2.splat(shiftA);
  const shiftsB = f64x2.splat(shiftB);
  let sumA = f64x2.splat(0);
  let products = f64x2.splat(0);
  for (let cell = 0; cell < cells; cell += 2) {
    const at = <usize>cell << 2;
    const area = v128.load(areas + (at << 1));
    const counts = f64x2.gt(area, f64x2.splat(0));
    const a = v128.and(f64x2.sub(pairOf(mapA + at), shiftsA), counts);
    const b = v128.and(f64x2.sub(pairOf(mapB + at), shiftsB), counts);
    const weighted = f64x2.mul(area, a);
    sumA = f64x2.add(sumA, weighted);
    products = f64x2.add(products, f64x2.mul(weighted, b));
  }
  store<f64>(out, total(sumA));
  store<f64>(out, total(products), 8);
}
