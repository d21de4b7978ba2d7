/** How values over images lie. */
export interface ValueSpread {
  readonly n: number;
  readonly p5: number;
  readonly median: number;
  readonly p95: number;
}

/** `undefined` of no values. */
export function spreadOf(values: readonly number[]): ValueSpread | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  return {
    n: values.length,
    p5: quantile(sorted, 0.05),
    median: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
  };
}

/** Linear between the two nearest, as NumPy does. @param share in [0, 1] @param sorted not empty */
export function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const below = sorted[low] as number;
  const above = sorted[Math.min(low + 1, sorted.length - 1)] as number;
  return below + (at - low) * (above - below);
}
