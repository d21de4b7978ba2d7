/** Bits of float32 values that bound the branches: 2^-14, the smallest normal float16; 2^16, beyond the largest; infinity. */
const smallestNormal = 0x38800000;
const overflow = 0x47800000;
const infinity = 0x7f800000;

/**
 * IEEE 754 binary16 bits of `values`, rounded to nearest, ties to even, as numpy's `astype(float16)`. Magnitudes of 65,520 and more
 * become infinity; NaN stays NaN.
 */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const all = bits[i] ?? 0;
    const sign = (all >>> 16) & 0x8000;
    const magnitude = all & 0x7fffffff;
    if (magnitude >= overflow) {
      halves[i] = sign | (magnitude > infinity ? 0x7e00 : 0x7c00);
    } else if (magnitude >= smallestNormal) {
      // Re-bias the exponent by 112, drop 13 bits; adding half minus one plus the last kept bit rounds ties to even and carries.
      halves[i] = sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
    } else {
      halves[i] = sign | roundHalfToEven(Math.abs(values[i] ?? 0) * 2 ** 24);
    }
  }
  return halves;
}

/** The float32 values of binary16 bits; exact. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] ?? 0;
    const sign = (half & 0x8000) << 16;
    const exponent = half & 0x7c00;
    const magnitude = half & 0x7fff;
    if (exponent === 0) values[i] = (half & 0x8000 ? -1 : 1) * magnitude * 2 ** -24;
    else if (exponent === 0x7c00) bits[i] = sign | infinity | ((half & 0x3ff) << 13);
    else bits[i] = sign | ((magnitude << 13) + 0x38000000);
  }
  return values;
}

/** `value` is not negative. The product it comes from is exact, so the tie is seen exactly. */
function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
