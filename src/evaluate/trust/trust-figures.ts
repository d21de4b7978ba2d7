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

/** Means of trust over the objects of each outcome, with 95 % intervals over blocks; `undefined` where nothing is known of any of them. */
export function classTrust(
  entries: readonly TrustEntry[],
  selection: TrustSelection = {},
): ClassTrust | undefined {
  const selected = selectedEntries(entries, selection);
  if (total(selected, 'known') + total(selected, 'coverageKnown') === 0) return undefined;
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
    lookedAtMisses: missFigure(misses),
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

/** By block. */
export type BlockRatios = ReadonlyMap<string, readonly [numerator: number, denominator: number]>;

/** Numerator (in the figure's own unit) and denominator of a mean, by block in the order of their names. */
export function trustBlocks(name: TrustMean, entries: readonly TrustEntry[]): BlockRatios {
  const { unit, over, shift } = trustMeans[name];
  const sums = blockRatios(entries, (totals) => [totals[name], totals[over]]);
  return new Map(
    [...sums].map(([block, [sum, count]]) => [block, [sum / unit - shift * count, count] as const]),
  );
}

/** Misses that the model looked at, of those with evidence. */
function missFigure(misses: readonly TrustEntry[]): Figure {
  const n = total(misses, 'known');
  if (n === 0) {
    const why = misses.length === 0 ? 'Nothing was missed.' : noEvidence;
    return { value: null, n, of: 'objects', why };
  }
  const blocks = [...missBlocks(misses).values()];
  const numerators = blocks.map(([numerator]) => numerator);
  const denominators = blocks.map(([, denominator]) => denominator);
  const interval = ratioInterval({ numerators, denominators }, { range: [0, 1] });
  return { value: total(misses, 'lookedAt') / n, n, of: 'objects', ...interval };
}

/** Misses that the model looked at, and those with evidence, by block in the order of their names. */
export function missBlocks(misses: readonly TrustEntry[]): BlockRatios {
  return blockRatios(misses, ({ lookedAt, known }) => [lookedAt, known]);
}

function blockRatios(
  entries: readonly TrustEntry[],
  partsOf: (totals: TrustTotals) => readonly [numerator: number, denominator: number],
): BlockRatios {
  const sums = new Map<string, [number, number]>();
  for (const { block, totals } of entries) {
    const [numerator, denominator] = sums.get(block) ?? [0, 0];
    const [more, over] = partsOf(totals);
    sums.set(block, [numerator + more, denominator + over]);
  }
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const noEvidence = 'No evidence of their class is stored for these objects.';

function whyNone(name: TrustMean, entries: readonly TrustEntry[]): string {
  if (entries.length === 0) return 'There are no such objects.';
  if (name === 'coverage') return 'No maps of layers are stored for these objects.';
  if (total(entries, 'known') === 0) return noEvidence;
  if (name === 'otherImagesLift') return 'No other image of a shard has objects of the class.';
  return 'The objects cover their images, so nothing is left to attain.';
}

function total(entries: readonly TrustEntry[], name: keyof TrustTotals): number {
  return entries.reduce((sum, { totals }) => sum + totals[name], 0);
}
