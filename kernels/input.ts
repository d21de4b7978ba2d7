/*
 * What the pixels of an image are like. Addresses are in bytes.
 */

/** Luma in thousandths of a level, of the four pixels beside the one at `at`, added up. The byte behind each may be read. */
@inline
function lumaAround(at: usize, stride: usize): i32 {
  let pixels = v128.load32_zero(at - 3);
  pixels = v128.load32_lane(at + 3, pixels, 1);
  pixels = v128.load32_lane(at - stride, pixels, 2);
  pixels = v128.load32_lane(at + stride, pixels, 3);
  const sums = i16x8.add(i16x8.extend_low_i8x16_u(pixels), i16x8.extend_high_i8x16_u(pixels));
  const lumas = i32x4.dot_i16x8_s(sums, i16x8(299, 587, 114, 0, 299, 587, 114, 0));
  const halves = i32x4.add(lumas, v128.shuffle<u64>(lumas, lumas, 1, 0));
  return i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
}

/**
 * Samples of one row of `width` pixels R G B at `row`, the `i`th at floor((i + offset) * step): sums of luma and its squares, of those with four neighbors their number and the
 * squares of the Laplacian, of R - G and R + G - 2 B and their squares, written to `out` as float64. All are integers below 2^53. The rows above and below lie beside it
 * where `isInner` says so.
 */
export function sampleRow(
  row: usize,
  width: i32,
  samples: i32,
  offset: f64,
  step: f64,
  isInner: bool,
  out: usize,
): void {
  const stride = (<usize>width) * 3;
  let sum: i64 = 0;
  let squares: i64 = 0;
  let inner = 0;
  let laplacians: i64 = 0;
  let redGreen = 0;
  let redGreenSquares: i64 = 0;
  let yellowBlue = 0;
  let yellowBlueSquares: i64 = 0;
  for (let i = 0; i < samples; i++) {
    const x = <i32>((<f64>i + offset) * step);
    const at = row + 3 * <usize>x;
    const red = <i32>load<u8>(at);
    const green = <i32>load<u8>(at, 1);
    const blue = <i32>load<u8>(at, 2);
    const own = 299 * red + 587 * green + 114 * blue;
    sum += own;
    squares += <i64>own * own;
    const rg = red - green;
    const yb = red + green - 2 * blue;
    redGreen += rg;
    redGreenSquares += rg * rg;
    yellowBlue += yb;
    yellowBlueSquares += yb * yb;
    if (!isInner || x == 0 || x == width - 1) continue;
    const laplacian = <i64>(lumaAround(at, stride) - 4 * own);
    inner++;
    laplacians += laplacian * laplacian;
  }
  store<f64>(out, <f64>sum);
  store<f64>(out, <f64>squares, 8);
  store<f64>(out, <f64>inner, 16);
  store<f64>(out, <f64>laplacians, 24);
  store<f64>(out, <f64>redGreen, 32);
  store<f64>(out, <f64>redGreenSquares, 40);
  store<f64>(out, <f64>yellowBlue, 48);
  store<f64>(out, <f64>yellowBlueSquares, 56);
}
