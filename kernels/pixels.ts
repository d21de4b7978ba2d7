/*
 * Loops over pixels. Pixels come interleaved (R0 G0 B0 R1 ...) and leave as three planes. Addresses are in bytes.
 */

/** The first halves of two registers, byte by byte in turn: one instruction, where a pattern of one's own takes ten. */
@inline
function zip(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

@inline
function secondHalf(a: v128): v128 {
  return v128.shuffle<u64>(a, a, 1, 1);
}

/**
 * Interleaved pixels at `from` to planes at `to`, `to + plane` and `to + 2 * plane`. 48 bytes are shuffled as cards are, first half and second
 * half in turn, four times: byte i ends up at 16 i modulo 47, so all reds come first, then all greens, then all blues.
 */
export function splitPlanes(from: usize, to: usize, plane: usize, pixels: i32): void {
  const end = to + <usize>pixels;
  for (; to + 16 <= end; from += 48, to += 16) {
    let a = v128.load(from);
    let b = v128.load(from, 16);
    let c = v128.load(from, 32);
    for (let turn = 0; turn < 4; turn++) {
      const first = zip(a, secondHalf(b));
      const second = zip(secondHalf(a), c);
      c = zip(b, secondHalf(c));
      a = first;
      b = second;
    }
    v128.store(to, a);
    v128.store(to + plane, b);
    v128.store(to + 2 * plane, c);
  }
  for (; to < end; from += 3, to++) {
    store<u8>(to, load<u8>(from));
    store<u8>(to + plane, load<u8>(from, 1));
    store<u8>(to + 2 * plane, load<u8>(from, 2));
  }
}

/** One plane, `width` x `height`, from one twice as wide and high: (a + b + c + d + 2) >> 2 of each 2 x 2. */
export function halvePlane(from: usize, to: usize, width: i32, height: i32): void {
  const row = <usize>width << 1;
  const two = i16x8.splat(2);
  for (let y = 0; y < height; y++, from += row) {
    const end = to + <usize>width;
    for (; to + 8 <= end; from += 16, to += 8) {
      const above = i16x8.extadd_pairwise_i8x16_u(v128.load(from));
      const below = i16x8.extadd_pairwise_i8x16_u(v128.load(from + row));
      const means = i16x8.shr_u(i16x8.add(i16x8.add(above, below), two), 2);
      v128.store64_lane(to, i8x16.narrow_i16x8_u(means, means), 0);
    }
    for (; to < end; from += 2, to++) {
      const above = <u32>load<u8>(from) + load<u8>(from, 1);
      const below = <u32>load<u8>(from + row) + load<u8>(from + row + 1);
      store<u8>(to, (above + below + 2) >> 2);
    }
  }
}

/** One source pixel for each of `pixels` new pixels: `taps` has its byte offset in the row at `from`, as i32. */
export function pickRow(from: usize, taps: usize, to: usize, plane: usize, pixels: i32): void {
  const end = to + <usize>pixels;
  for (; to < end; to++, taps += 4) {
    const at = from + <usize>load<i32>(taps);
    store<u8>(to, load<u8>(at));
    store<u8>(to + plane, load<u8>(at, 1));
    store<u8>(to + 2 * plane, load<u8>(at, 2));
  }
}

/** Of the pixels at `left` and `right`, each channel times its weight, added up: four lanes of i32, of which the last is nobody's. */
@inline
function across(left: usize, right: usize, weights: v128): v128 {
  const pair = v128.shuffle<u8>(
    v128.load32_zero(left),
    v128.load32_zero(right),
    0, 16, 1, 17, 2, 18, 3, 19, 0, 0, 0, 0, 0, 0, 0, 0,
  );
  return i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(pair), weights);
}

/**
 * One row of `pixels` new pixels between the rows at `above` and `below`, with cv2's fixed point: the products of HResizeLinear are shifted by
 * 4, those of VResizeLinear by 16, and the last 2 bits are rounded. `taps`: for each new pixel three i32, the byte offsets of its left and of its
 * right pixel in a row, and both weights, of 2048, the right one in the upper half. Each row is followed by a byte that may be read.
 */
export function mixRow(
  above: usize,
  below: usize,
  top: i32,
  bottom: i32,
  taps: usize,
  to: usize,
  plane: usize,
  pixels: i32,
): void {
  const end = to + <usize>pixels;
  const tops = i32x4.splat(top);
  const bottoms = i32x4.splat(bottom);
  const half = i32x4.splat(2);
  for (; to < end; to++, taps += 12) {
    const left = <usize>load<i32>(taps);
    const right = <usize>load<i32>(taps, 4);
    const weights = v128.load32_splat(taps, 8);
    const upper = i32x4.shr_s(across(above + left, above + right, weights), 4);
    const lower = i32x4.shr_s(across(below + left, below + right, weights), 4);
    const mixed = i32x4.add(
      i32x4.shr_s(i32x4.mul(upper, tops), 16),
      i32x4.shr_s(i32x4.mul(lower, bottoms), 16),
    );
    const rounded = i32x4.shr_s(i32x4.add(mixed, half), 2);
    v128.store8_lane(to, rounded, 0);
    v128.store8_lane(to + plane, rounded, 4);
    v128.store8_lane(to + 2 * plane, rounded, 8);
  }
}
