import type { MeasureKind, MeasureScale } from '../catalog/measure-catalog.ts';
import { isOfImage, parseColumn } from '../catalog/measure-column.ts';
import { binOf, valueOfBin } from './distribution.ts';
import type { Distribution, ShardStatistics } from './shard-statistics.ts';
import { robustZ, type UsualValue, usualRange, usualValueOf } from './usual-value.ts';

/** Where more than this share of the values would be outliers, there is no usual value: a group of images, and no single ones, differs. */
const mostOutliers = 0.2;

/** What is unusual about an image. */
export interface UnusualMeasure {
  /** Column of the measure. */
  readonly measure: string;
  readonly value: number;
  /** Median of the dataset. */
  readonly usual: number;
  /** Robust standard deviations from it: negative below. */
  readonly z: number;
}

/** Which images are outliers of a dataset. */
export interface OutlierRule {
  /** An image is one when a measure lies more than this many robust standard deviations from the median. */
  readonly limit: number;
  /** By column: the measures that images are compared by. */
  readonly usual: ReadonlyMap<string, ComparedMeasure>;
}

/** Beyond `low` and `high` a value is unusual. */
export interface ComparedMeasure extends UsualValue {
  readonly low: number;
  readonly high: number;
}

/**
 * Makes the rule from the merged statistics of all shards. `threshold` is for a single measure; of m measures each has the limit sqrt(threshold^2 +
 * 2 ln m), so that an image is no more likely to be an outlier by chance because more is measured (Bonferroni, with the tail of the normal distribution).
 */
export function outlierRuleOf(
  { measures }: Pick<ShardStatistics, 'measures'>,
  threshold: number,
): OutlierRule {
  const compared = Object.entries(measures).flatMap(([column, all]) => {
    const kind = comparedKind(column);
    if (kind === undefined) return [];
    const { scale } = kind;
    const distribution = kind.compared === 'positive' ? withoutZeros(all, scale) : all;
    const usual = usualValueOf(distribution, scale);
    return usual === undefined ? [] : [{ column, usual, distribution }];
  });
  const limit = Math.sqrt(threshold ** 2 + 2 * Math.log(Math.max(1, compared.length)));
  const telling = compared.filter(({ usual, distribution: { bins, n } }) => {
    const outliers = bins.filter(
      ([bin]) => Math.abs(robustZ(valueOfBin(bin, usual.scale), usual)) > limit,
    );
    return outliers.reduce((sum, [, count]) => sum + count, 0) <= n * mostOutliers;
  });
  const entries = telling.map(({ column, usual }): [string, ComparedMeasure] => {
    const [low, high] = usualRange(usual, limit);
    return [column, { ...usual, low, high }];
  });
  return { limit, usual: new Map(entries) };
}

/** Images are compared by their fused map, by the whole image, and by the first component of each layer. */
function comparedKind(column: string): MeasureKind | undefined {
  const { kind, component } = parseColumn(column) ?? {};
  if (kind?.compared === undefined || component !== undefined) return undefined;
  return kind.per === 'layer' || isOfImage(column) ? kind : undefined;
}

function isZero(value: number, scale: MeasureScale): boolean {
  return binOf(value, scale) === binOf(0, scale);
}

function withoutZeros(distribution: Distribution, scale: MeasureScale): Distribution {
  const bins = distribution.bins.filter(([bin]) => bin !== binOf(0, scale));
  return { ...distribution, bins, n: bins.reduce((sum, [, count]) => sum + count, 0) };
}

/** What is unusual about an image, the most unusual first; mostly nothing. `read`: the image's value of a column, if it has one. */
export function unusualMeasures(
  { limit, usual }: OutlierRule,
  read: (column: string) => unknown,
): UnusualMeasure[] {
  const found: UnusualMeasure[] = [];
  for (const [column, one] of usual) {
    const value = read(column);
    if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    // Nearly all are: the rest of the work is for few.
    if (value >= one.low && value <= one.high) continue;
    if (comparedKind(column)?.compared === 'positive' && isZero(value, one.scale)) continue;
    const z = robustZ(value, one);
    if (Math.abs(z) > limit) found.push({ measure: column, value, usual: one.median, z });
  }
  return found.sort((a, b) => Math.abs(b.z) - Math.abs(a.z));
}
