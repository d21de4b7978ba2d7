import type { PoolList } from './column-layout.ts';

/**
 * Adds bins, each as its distance from the one before and its count, to `counts`; the first distance is from `first`, a place in `counts`. Returns false at a bin that has no place there.
 * Bytes, as most are, have a loop of their own: see `addList`.
 */
export function addBins(
  counts: Float64Array,
  first: number,
  { values, start, end }: PoolList,
): boolean {
  if (values instanceof Uint8Array) return addByteBins(counts, first, { values, start, end });
  return addOtherBins(counts, first, new Float64Array(values.subarray(start, end)));
}

/** In place: a typed array for each of some hundred lists of a marker costs as much as its bins. */
function addByteBins(
  counts: Float64Array,
  first: number,
  { values, start, end }: PoolList & { readonly values: Uint8Array },
): boolean {
  let bin = first;
  for (let i = start; i < end; i += 2) {
    bin += values[i] as number;
    if (bin < 0 || bin >= counts.length) return false;
    counts[bin] = (counts[bin] as number) + (values[i + 1] as number);
  }
  return true;
}

function addOtherBins(counts: Float64Array, first: number, bins: Float64Array): boolean {
  let bin = first;
  for (let i = 0; i < bins.length; i += 2) {
    bin += bins[i] as number;
    const before = counts[bin];
    if (before === undefined) return false;
    counts[bin] = before + (bins[i + 1] as number);
  }
  return true;
}
