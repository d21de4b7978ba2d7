/**
 * IEEE 754 binary16 bits of `count` float32, rounded to nearest, ties to even. All arrays go on up to a multiple of four.
 */
export function toFloat16(from: usize, to: usize, count: i32): void {
  const end = from + (<usize>count << 2);
  for (; from < end; from += 16, to += 8) {
    const bits = v128.load(from);
    const sign = v128.and(i32x4.shr_u(bits, 16), i32x4.splat(0x8000));
    const magnitude = v128.and(bits, i32x4.splat(0x7fffffff));
    // The exponent loses 112, 13 bits are dropped; half minus one plus the last bit that stays rounds ties to even, and carries.
    const odd = v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(1));
    const biased = i32x4.add(magnitude, i32x4.splat(0xfff - 0x38000000));
    const normal = i32x4.shr_u(i32x4.add(biased, odd), 13);
    // The last bit of a float32 between 0.5 and 1 is the last bit of a float16 that is not normal: the addition rounds.
    const shifted = f32x4.add(magnitude, f32x4.splat(0.5));
    const small = i32x4.sub(shifted, f32x4.splat(0.5));
    const isNumber = i32x4.le_s(magnitude, i32x4.splat(0x7f800000));
    const large = v128.bitselect(i32x4.splat(0x7c00), i32x4.splat(0x7e00), isNumber);
    const isNormal = i32x4.ge_s(magnitude, i32x4.splat(0x38800000));
    const isLarge = i32x4.ge_s(magnitude, i32x4.splat(0x47800000));
    const finite = v128.bitselect(normal, small, isNormal);
    const half = v128.or(sign, v128.bitselect(large, finite, isLarge));
    v128.store64_lane(to, i16x8.narrow_i32x4_u(half, half), 0);
  }
}
