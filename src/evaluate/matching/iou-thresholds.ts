/**
 * 0.5, 0.55, ..., 0.95 in float32, as `torch.linspace(0.5, 0.95, 10)` has them: the upper half counts down from the end. An overlap must reach a threshold, and
 * whether 0.65 reaches 0.65 is decided by the last bit.
 */
export const iouThresholds: Float32Array = Float32Array.from({ length: 10 }, (_, i) => {
  const [start, end] = [0.5, Math.fround(0.95)];
  const step = Math.fround(Math.fround(end - start) / 9);
  return i < 5 ? start + step * i : end - step * (9 - i);
});

/** `val`'s guard against empty unions, in float32. */
export const overlapEpsilon: number = Math.fround(1e-7);
