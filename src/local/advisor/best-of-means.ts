/** Means of one value an item and candidate, and what resampling the items says of them. */
export interface MeansOfCandidates {
  readonly means: readonly number[];
  /** 95 % intervals, low and high. */
  readonly intervals: readonly (readonly [number, number])[];
  /** Those that the items do not tell apart from the greatest mean, itself included. */
  readonly couldBeBest: readonly boolean[];
}

export interface Resampling {
  readonly resamples: number;
  /** Numbers in [0, 1). */
  random(): number;
}

/**
 * The bootstrap over items, all candidates on the same resamples, so that what makes an item easy or hard for all of them cancels. Candidate i could be the best
 * unless its mean is below that of some other j by more than the 95 % quantile of what the greatest studentized difference to it is by chance: multiple
 * comparisons with the best (Hsu, Annals of Statistics 1984), with the bootstrap's quantile for the normal's. So the truly best is excluded for about 5 % of all
 * datasets, however many candidates there are. Resamples of few items vary too little, and their spread is itself uncertain: quantiles and intervals are widened
 * as Student's are (`widening`).
 *
 * @param values [items, candidates]
 */
export function bestOfMeans(
  values: readonly Float64Array[],
  { resamples, random }: Resampling,
): MeansOfCandidates {
  const count = values[0]?.length ?? 0;
  const means = meansOf(values, count);
  const drawn = Array.from({ length: resamples }, () => {
    const again = values.map(() => values[Math.floor(random() * values.length)]!);
    return meansOf(again, count);
  });
  const deviations = drawn.map((one) => one.map((mean, c) => mean - means[c]!));
  return {
    means: [...means],
    intervals: Array.from(means, (mean, c) => {
      const [low, high] = intervalOf(deviations.map((one) => one[c]!));
      const widened = widening(values.length, normalQuantile);
      return [mean + widened * low, mean + widened * high] as const;
    }),
    couldBeBest: Array.from(means, (_, c) =>
      couldBeBest(c, { means, deviations, items: values.length }),
    ),
  };
}

function meansOf(values: readonly Float64Array[], count: number): Float64Array {
  const sums = new Float64Array(count);
  for (const one of values) for (let c = 0; c < count; c++) sums[c]! += one[c]!;
  return sums.map((sum) => sum / values.length);
}

/** Of the normal distribution, for 95 % within. */
const normalQuantile = 1.96;

/**
 * By how much a quantile of the normal distribution grows for a mean of `items` values of which the spread was estimated from resamples: Student's quantile of items - 1
 * degrees of freedom over the normal's (Abramowitz and Stegun 26.7.5), times sqrt(items / (items - 1)).
 */
function widening(items: number, normal: number): number {
  const degrees = Math.max(1, items - 1);
  const square = normal * normal;
  const student =
    1 +
    (square + 1) / (4 * degrees) +
    (5 * square ** 2 + 16 * square + 3) / (96 * degrees ** 2) +
    (3 * square ** 3 + 19 * square ** 2 + 17 * square - 15) / (384 * degrees ** 3);
  return student * Math.sqrt(items / degrees);
}

interface Deviating {
  readonly means: Float64Array;
  /** Of the resamples' means. */
  readonly deviations: readonly Float64Array[];
  readonly items: number;
}

function couldBeBest(candidate: number, { means, deviations, items }: Deviating): boolean {
  const spreads = means.map((_, other) => {
    let squares = 0;
    for (const one of deviations) squares += (one[other]! - one[candidate]!) ** 2;
    return Math.sqrt(squares / deviations.length);
  });
  const greatest = (of: Float64Array): number => {
    let most = 0;
    for (let other = 0; other < of.length; other++) {
      const behind = of[other]! - of[candidate]!;
      // Without spread the two differ by the same on every item: the sign decides.
      if (behind > 0) most = Math.max(most, behind / spreads[other]!);
    }
    return most;
  };
  const byChance = deviations.map(greatest).sort((a, b) => a - b);
  const threshold = quantile(byChance, 0.95);
  return greatest(means) <= threshold * widening(items, threshold);
}

function intervalOf(values: number[]): readonly [number, number] {
  const sorted = values.sort((a, b) => a - b);
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}

/** Of sorted values, the nearest one. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
}
