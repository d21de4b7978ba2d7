/*
 * Loops over the cells of maps: float32, row-major. Addresses are in bytes, lengths in cells. Where a comment says `padded`, the arrays go on
 * with zeros up to a multiple of four cells. Sums are float64, two lanes apart, so their order is the same on every machine.
 */

import { high, low, pairOf, total } from './lanes';

@inline
function least(lanes: v128): f32 {
  return min(
    min(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1)),
    min(f32x4.extract_lane(lanes, 2), f32x4.extract_lane(lanes, 3)),
  );
}

@inline
function greatest(lanes: v128): f32 {
  return max(
    max(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1)),
    max(f32x4.extract_lane(lanes, 2), f32x4.extract_lane(lanes, 3)),
  );
}

/** `normalizeMap`. Padded. */
export function normalize(map: usize, mask: usize, out: usize, cells: i32): void {
  const end = map + (<usize>cells << 2);
  const toMask = mask - map;
  const toOut = out - map;
  const nothing = f32x4.splat(0);
  const infinity = f32x4.splat(Infinity);
  let leasts = infinity;
  let mosts = nothing;
  for (let at = map; at < end; at += 16) {
    const value = v128.load(at);
    const inside = f32x4.gt(v128.load(at + toMask), nothing);
    leasts = f32x4.pmin(leasts, v128.bitselect(value, infinity, inside));
    mosts = f32x4.pmax(mosts, v128.and(value, inside));
  }
  const most = greatest(mosts);
  const base = min(max(least(leasts), 0), most);
  const bases = f32x4.splat(base);
  const span = f32x4.splat(<f32>(1e-7 + <f64>most - <f64>base));
  for (let at = map; at < end; at += 16) {
    const above = f32x4.pmax(f32x4.sub(v128.load(at), bases), nothing);
    v128.store(at + toOut, f32x4.mul(f32x4.div(above, span), v128.load(at + toMask)));
  }
}

/**
 * out = the first `cells` of the `count` rows at `rows`, `stride` cells apart, a float64 weight for each at `weights`, summed in float64. Padded; what
 * follows a row is the next one.
 */
export function combine(rows: usize, stride: i32, weights: usize, count: i32, out: usize, cells: i32): void {
  const row = <usize>stride << 2;
  const end = rows + (<usize>cells << 2);
  const toOut = out - rows;
  const lastWeight = weights + (<usize>count << 3);
  let at = rows;
  // A sum waits for the one before it, so sixteen cells at a time take little longer than four.
  for (; at + 64 <= end; at += 64) {
    let a = f64x2.splat(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
    for (let weight = weights, from = at; weight < lastWeight; weight += 8, from += row) {
      const factor = v128.load64_splat(weight);
      a = f64x2.add(a, f64x2.mul(pairOf(from), factor));
      b = f64x2.add(b, f64x2.mul(pairOf(from + 8), factor));
      c = f64x2.add(c, f64x2.mul(pairOf(from + 16), factor));
      d = f64x2.add(d, f64x2.mul(pairOf(from + 24), factor));
      e = f64x2.add(e, f64x2.mul(pairOf(from + 32), factor));
      f = f64x2.add(f, f64x2.mul(pairOf(from + 40), factor));
      g = f64x2.add(g, f64x2.mul(pairOf(from + 48), factor));
      h = f64x2.add(h, f64x2.mul(pairOf(from + 56), factor));
    }
    v128.store(at + toOut, demoted(a, b));
    v128.store(at + toOut + 16, demoted(c, d));
    v128.store(at + toOut + 32, demoted(e, f));
    v128.store(at + toOut + 48, demoted(g, h));
  }
  for (; at < end; at += 16) {
    let first = f64x2.splat(0);
    let second = f64x2.splat(0);
    for (let weight = weights, from = at; weight < lastWeight; weight += 8, from += row) {
      const factor = v128.load64_splat(weight);
      const values = v128.load(from);
      first = f64x2.add(first, f64x2.mul(low(values), factor));
      second = f64x2.add(second, f64x2.mul(high(values), factor));
    }
    v128.store(at + toOut, demoted(first, second));
  }
}

@inline
function demoted(first: v128, second: v128): v128 {
  return v128.shuffle<u32>(f32x4.demote_f64x2_zero(first), f32x4.demote_f64x2_zero(second), 0, 1, 4, 5);
}

/** out = sign * map / max|map|; returns that maximum, and leaves out as it is where it is 0. Padded. */
export function scale(map: usize, sign: f32, out: usize, cells: i32): f32 {
  const end = map + (<usize>cells << 2);
  let mosts = f32x4.splat(0);
  for (let at = map; at < end; at += 16) mosts = f32x4.pmax(mosts, f32x4.abs(v128.load(at)));
  const most = greatest(mosts);
  if (most == 0) return 0;
  const divisor = f32x4.splat(sign * most);
  const toOut = out - map;
  for (let at = map; at < end; at += 16) {
    v128.store(at + toOut, f32x4.div(v128.load(at), divisor));
  }
  return most;
}

/** Sum of the values where the mask is 1, whatever the others are. Padded. */
export function sumUnder(values: usize, mask: usize, cells: i32): f64 {
  const end = values + (<usize>cells << 2);
  const toMask = mask - values;
  const nothing = f32x4.splat(0);
  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  for (let at = values; at < end; at += 16) {
    const counted = v128.and(v128.load(at), f32x4.gt(v128.load(at + toMask), nothing));
    first = f64x2.add(first, low(counted));
    second = f64x2.add(second, high(counted));
  }
  return total(f64x2.add(first, second));
}

/** out += weight * map. Padded. */
export function addWeighted(map: usize, weight: f32, out: usize, cells: i32): void {
  const end = map + (<usize>cells << 2);
  const toOut = out - map;
  const factor = f32x4.splat(weight);
  for (let at = map; at < end; at += 16) {
    const to = at + toOut;
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(v128.load(at), factor)));
  }
}

/**
 * Sums over the cells of the mask, of a = map - mapShift and b = sqrt(energy) - normShift, written to `out` as float64:
 * a, b, a * b, a * a, b * b. Padded.
 */
export function sumWithNorm(
  map: usize,
  energy: usize,
  mask: usize,
  cells: i32,
  mapShift: f64,
  normShift: f64,
  out: usize,
): void {
  const end = map + (<usize>cells << 2);
  const toEnergy = energy - map;
  const toMask = mask - map;
  const nothing = f32x4.splat(0);
  const shiftA = f64x2.splat(mapShift);
  const shiftB = f64x2.splat(normShift);
  let sumA = f64x2.splat(0);
  let sumB = f64x2.splat(0);
  let products = f64x2.splat(0);
  let squaresA = f64x2.splat(0);
  let squaresB = f64x2.splat(0);
  for (let at = map; at < end; at += 16) {
    const inside = f32x4.gt(v128.load(at + toMask), nothing);
    let values = v128.load(at);
    let energies = v128.load(at + toEnergy);
    let within = v128.shuffle<u32>(inside, inside, 0, 0, 1, 1);
    for (let half = 0; half < 2; half++) {
      const a = v128.and(f64x2.sub(low(values), shiftA), within);
      const b = v128.and(f64x2.sub(f64x2.sqrt(low(energies)), shiftB), within);
      sumA = f64x2.add(sumA, a);
      sumB = f64x2.add(sumB, b);
      products = f64x2.add(products, f64x2.mul(a, b));
      squaresA = f64x2.add(squaresA, f64x2.mul(a, a));
      squaresB = f64x2.add(squaresB, f64x2.mul(b, b));
      values = v128.shuffle<u32>(values, values, 2, 3, 2, 3);
      energies = v128.shuffle<u32>(energies, energies, 2, 3, 2, 3);
      within = v128.shuffle<u32>(inside, inside, 2, 2, 3, 3);
    }
  }
  store<f64>(out, total(sumA));
  store<f64>(out, total(sumB), 8);
  store<f64>(out, total(products), 16);
  store<f64>(out, total(squaresA), 24);
  store<f64>(out, total(squaresB), 32);
}

/**
 * `sampleMap`: a map `width` cells wide at every pair of a row tap and a column tap. `rows` and `columns`: for each position two i32, the first
 * and the second cell, and a float32, the weight of the second. `line` has room for `width` cells. `width` cells of a row are read in
 * fours: there is room behind the map.
 */
export function sample(
  map: usize,
  width: i32,
  rows: usize,
  height: i32,
  columns: usize,
  newWidth: i32,
  line: usize,
  out: usize,
): void {
  const lineEnd = line + (<usize>width << 2);
  const rowsEnd = rows + <usize>height * 12;
  const columnsEnd = columns + <usize>newWidth * 12;
  for (let row = rows; row < rowsEnd; row += 12) {
    const above = map + ((<usize>load<i32>(row) * width) << 2) - line;
    const below = map + ((<usize>load<i32>(row, 4) * width) << 2) - line;
    const weight = load<f32>(row, 8);
    const down = f32x4.splat(weight);
    const up = f32x4.splat(1 - weight);
    for (let at = line; at < lineEnd; at += 16) {
      const upper = f32x4.mul(v128.load(at + above), up);
      v128.store(at, f32x4.add(upper, f32x4.mul(v128.load(at + below), down)));
    }
    for (let column = columns; column < columnsEnd; column += 12, out += 4) {
      const first = load<f32>(line + (<usize>load<i32>(column) << 2));
      const second = load<f32>(line + (<usize>load<i32>(column, 4) << 2));
      const share = load<f32>(column, 8);
      store<f32>(out, first * (1 - share) + second * share);
    }
  }
}

/**
 * Dot products in float64 of `count` rows at `rows` with `count` rows at `others`, each of `size` float32: [count, count], the row of `rows` first. One
 * cell beyond the last row is readable.
 */
export function dotRows(rows: usize, others: usize, count: i32, size: i32, out: usize): void {
  const rowBytes = <usize>size << 2;
  const even = rowBytes & ~7;
  for (let i = 0; i < count; i++, rows += rowBytes) {
    let other = others;
    for (let j = 0; j < count; j++, out += 8) {
      let sums = f64x2.splat(0);
      for (let at: usize = 0; at < even; at += 8) {
        const a = pairOf(rows + at);
        const b = pairOf(other + at);
        sums = f64x2.add(sums, f64x2.mul(a, b));
      }
      let sum = total(sums);
      if (even < rowBytes) sum += <f64>load<f32>(rows + even) * <f64>load<f32>(other + even);
      store<f64>(out, sum);
      other += rowBytes;
    }
  }
}
