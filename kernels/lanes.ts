/*
 * Four float32 as two float64 twice, and back to one.
 */

/** The first two of four float32. */
@inline
export function low(cells: v128): v128 {
  return f64x2.promote_low_f32x4(cells);
}

/** The last two of four float32. */
@inline
export function high(cells: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<u32>(cells, cells, 2, 3, 2, 3));
}

/** The two float32 at an address. */
@inline
export function pairOf(cells: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(cells));
}

@inline
export function total(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}
