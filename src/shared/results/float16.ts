import { writeHalves } from '../../kernels/map-values.ts';

/** Bits of the float32 that is infinite. */
const infinity = 0x7f800000;

/** Values converted at a time. */
const atOnce = 16_384;

/**
 * IEEE 754 binary16 bits of `values`, rounded to nearest, ties to even, as numpy's `astype(float16)`. Magnitudes of 65,520 and more
 * become infinity; NaN stays NaN.
 */
export function toFloat16(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let start = 0; start < values.length; start += atOnce) {
    writeHalves(values.subarray(start, start + atOnce), halves, start);
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
