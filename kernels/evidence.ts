/*
 * Loops over the cells of class evidence and box maps: float32, row-major. Addresses are in bytes, lengths in cells. Padded: the arrays go on up to a multiple of four cells.
 */

import { high, low, pairOf } from './lanes';

/** out = (value - base) * gain + 0.5 without its fraction, as bytes; computed in float64. */
export function toBytes(map: usize, base: f64, gain: f64, out: usize, cells: i32): void {
  const end = map + (<usize>cells << 2);
  const bases = f64x2.splat(base);
  const gains = f64x2.splat(gain);
  const half = f64x2.splat(0.5);
  for (; map < end; map += 16, out += 4) {
    const values = v128.load(map);
    const first = f64x2.add(f64x2.mul(f64x2.sub(low(values), bases), gains), half);
    const second = f64x2.add(f64x2.mul(f64x2.sub(high(values), bases), gains), half);
    const whole = v128.shuffle<u64>(
      i32x4.trunc_sat_f64x2_u_zero(first),
      i32x4.trunc_sat_f64x2_u_zero(second),
      0,
      2,
    );
    const shorts = i16x8.narrow_i32x4_u(whole, whole);
    v128.store32_lane(out, i8x16.narrow_i16x8_u(shorts, shorts), 0);
  }
}

/**
 * out = min(1, product^2 / (own * square)) where the product and own * square are above 0, else 0; computed in float64. Returns whether all are numbers.
 */
export function alignment(products: usize, squares: usize, own: f64, out: usize, cells: i32): bool {
  const end = products + (<usize>cells << 2);
  const nothing = f64x2.splat(0);
  const one = f64x2.splat(1);
  const owns = f64x2.splat(own);
  let odd = f64x2.splat(0);
  for (; products < end; products += 8, squares += 8, out += 8) {
    const product = pairOf(products);
    const length = f64x2.mul(owns, pairOf(squares));
    const counts = v128.and(f64x2.gt(product, nothing), f64x2.gt(length, nothing));
    const square = f64x2.min(one, f64x2.div(f64x2.mul(product, product), length));
    const cosine = v128.and(square, counts);
    odd = v128.or(odd, f64x2.ne(cosine, cosine));
    v128.store64_lane(out, f32x4.demote_f64x2_zero(cosine), 0);
  }
  return !v128.any_true(odd);
}

/**
 * out, float64 = value^2 * area of each cell above 0 that is nowhere lower than the eight around it, else 0. The map has a row of zeros before and after it and `stride`
 * cells a row, of which the first `width` count and the next is 0, as is the cell before the first row.
 */
export function peaks(
  map: usize,
  stride: i32,
  width: i32,
  height: i32,
  areas: usize,
  out: usize,
): void {
  const row = <usize>stride << 2;
  for (let y = 0; y < height; y++, map += row) {
    const end = map + (<usize>width << 2);
    for (let at = map; at < end; at += 4, areas += 8, out += 8) {
      const value = load<f32>(at);
      let vote: f64 = 0;
      if (
        value > 0 &&
        !(load<f32>(at - 4) > value) &&
        !(load<f32>(at + 4) > value) &&
        !(load<f32>(at - row - 4) > value) &&
        !(load<f32>(at - row) > value) &&
        !(load<f32>(at - row + 4) > value) &&
        !(load<f32>(at + row - 4) > value) &&
        !(load<f32>(at + row) > value) &&
        !(load<f32>(at + row + 4) > value)
      ) {
        vote = <f64>value * <f64>value * load<f64>(areas);
      }
      store<f64>(out, vote);
    }
  }
}

/** Whether no value is NaN or infinite. Padded with what is finite. */
export function areFinite(values: usize, cells: i32): bool {
  const end = values + (<usize>cells << 2);
  const magnitude = i32x4.splat(0x7fffffff);
  const infinity = i32x4.splat(0x7f800000);
  let odd = i32x4.splat(0);
  for (; values < end; values += 16) {
    odd = v128.or(odd, i32x4.ge_s(v128.and(v128.load(values), magnitude), infinity));
  }
  return !v128.any_true(odd);
}
