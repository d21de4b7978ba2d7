import { ratioInterval } from '../../shared/intervals/ratio-interval.ts';
import type { ClassTrust, TrustFigures } from '../result/evaluation.ts';
import type { Figure } from '../result/figure.ts';
import type { ObjectSize } from '../result/object-row.ts';
import {
  type JudgedOutcome,
  type TrustEntry,
  type TrustMean,
  type TrustTotals,
  trustMeans,
} from './trust-sums.ts';

/** Which objects: of all classes and sizes where they are absent. */
export interface TrustSelection {
  readonly classId?: number;
  readonly size?: ObjectSize;
}

/** What each figure can be; lifts have no greatest value. */
const ranges: Readonly<Record<TrustMean, readonly [number, number]>> = {
  lift: [0, Number.POSITIVE_INFINITY],
  attainable: [-1, 1],
  otherImagesLift: [0, Number.POSITIVE_INFINITY],
  pointed: [0, 1],
  relevanceRank: [0, 1],
  coverage: [0, Number.POSITIVE_INFINITY],
};

/** Means of trust over the objects of each outcome, with 95 % intervals over blocks; `undefined` where no object was selected. */
export function classTrust(
  entries: readonly TrustEntry[],
  selection: TrustSelection = {},
): ClassTrust | undefined {
  const selected = selectedEntries(entries, selection);
  if (selected.length === 0) return undefined;
  const of = (...outcomes: readonly JudgedOutcome[]) =>
    selected.filter(({ outcome }) => outcomes.includes(outcome));
  const misses = of('fn');
  const missedLookedAt = total(misses, 'lookedAt');
  return {
    tp: figuresOf(of('tp')),
    fp: figuresOf(of('fp')),
    fn: figuresOf(misses),
    labels: figuresOf(of('tp', 'fn')),
    missedLookedAt,
    missedNotLookedAt: total(misses, 'known') - missedLookedAt,
  };
}

/** @param entries of `TrustSums` */
export function selectedEntries(
  entries: readonly TrustEntry[],
  { classId, size }: TrustSelection,
): readonly TrustEntry[] {
  return entries.filter(
    (one) => (classId ?? one.classId) === one.classId && (size ?? one.size) === one.size,
  );
}

function figuresOf(entries: readonly TrustEntry[]): TrustFigures {
  const figure = (name: TrustMean) => meanFigure(name, entries);
  return {
    objects: total(entries, 'objects'),
    lift: figure('lift'),
    attainable: figure('attainable'),
    otherImagesLift: figure('otherImagesLift'),
    pointed: figure('pointed'),
    relevanceRank: figure('relevanceRank'),
    coverage: figure('coverage'),
  };
}

function meanFigure(name: TrustMean, entries: readonly TrustEntry[]): Figure {
  const { over } = trustMeans[name];
  const n = total(entries, over);
  if (n === 0) return { value: null, n, of: 'objects', why: whyNone(name, entries) };
  const blocks = trustBlocks(name, entries);
  const numerators = [...blocks.values()].map(([numerator]) => numerator);
  const denominators = [...blocks.values()].map(([, denominator]) => denominator);
  const value = numerators.reduce((sum, one) => sum + one, 0) / n;
  const interval = ratioInterval({ numerators, denominators }, { range: ranges[name] });
  return { value, n, of: 'objects', ...interval };
}

/** Numerator (in the figure's own unit) and denominator of a mean, by block in the order of their names. */
export function trustBlocks(
  name: TrustMean,
  entries: readonly TrustEntry[],
): Map<string, readonly [numerator: number, denominator: number]> {
  const { unit, over, shift } = trustMeans[name];
  const sums = new Map<string, [number, number]>();
  for (const { block, totals } of entries) {
    const [sum, count] = sums.get(block) ?? [0, 0];
    sums.set(block, [sum + totals[name], count + totals[over]]);
  }
  const inOrder = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    inOrder.map(([block, [sum, count]]) => [block, [sum / unit - shift * count, count] as const]),
  );
}

function whyNone(name: TrustMean, entries: readonly TrustEntry[]): string {
  if (entries.length === 0) return 'There are no such objects.';
  if (name === 'coverage') return 'No maps of layers are stored for these objects.';
  if (total(entries, 'known') === 0)
    return 'No evidence of their class is stored for these objects.';
  if (name === 'otherImagesLift') return 'No other image of a shard has objects of the class.';
  return 'The objects cover their images, so nothing is left to attain.';
}

function total(entries: readonly TrustEntry[], name: keyof TrustTotals): number {
  return entries.reduce((sum, { totals }) => sum + totals[name], 0);
}
