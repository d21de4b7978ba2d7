export interface Spectrum {
  /** Best first. */
  readonly eigenvalues: readonly number[];
  /** Of two halves of the images, in the same order. */
  readonly halves: readonly [readonly number[], readonly number[]];
}

/** From the median of magnitudes to a standard deviation, for normal values. */
const sigmaOfMedian = 1.4826;

/** On each side: eigenvalues much smaller than these are also much less certain. */
const neighbors = 3;

/**
 * Split-half noise of each eigenvalue: how far those of the two halves of the images are apart, over their mean; at least what is usual among its neighbors,
 * since two halves agree now and then by chance.
 */
export function splitHalfNoise({ halves: [a, b] }: Pick<Spectrum, 'halves'>): number[] {
  const apart = a.map((value, i) => {
    const other = b[i] ?? Number.NaN;
    const both = value + other;
    return both > 0 ? (2 * Math.abs(value - other)) / both : 0;
  });
  return apart.map((one, i) => {
    const near = apart.slice(Math.max(0, i - neighbors), i + neighbors + 1);
    return Math.max(one, sigmaOfMedian * medianOf(near));
  });
}

/**
 * Components, counted from 1, in groups. Two neighbors are told apart where the gap between their eigenvalues, over the larger one, is more than
 * twice the split-half noise of either. Within a group only the span is meaningful: its components may be turned into each other in another sample of the same images.
 */
export function eigenvalueGroups(
  eigenvalues: readonly number[],
  noise: readonly number[],
): number[][] {
  const groups: number[][] = [];
  eigenvalues.forEach((value, i) => {
    const before = eigenvalues[i - 1] ?? Number.POSITIVE_INFINITY;
    const gap = i === 0 ? 1 : (before - value) / before;
    const limit = 2 * Math.max(noise[i - 1] ?? 0, noise[i] ?? 0);
    const last = groups.at(-1);
    if (last === undefined || gap > limit) groups.push([i + 1]);
    else last.push(i + 1);
  });
  return groups;
}

/**
 * How many components to keep: as many as wanted, and the rest of the group that the last one is in, of which only the whole span is meaningful. As many as
 * wanted, too, where that group goes on beyond all that is known.
 *
 * @param groups of more components than wanted, so that the gap behind the last one is known.
 * @param channels of the layer: a group that ends there ends.
 */
export function wholeGroups(
  groups: readonly (readonly number[])[],
  wanted: number,
  channels: number,
): number {
  const known = groups.at(-1)?.at(-1) ?? 0;
  const end = groups.find((group) => group.includes(wanted))?.at(-1) ?? known;
  return end < known || end === channels ? end : Math.min(wanted, known);
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? 0, sorted[Math.floor(middle)] ?? 0];
  return (low + high) / 2;
}
