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

/** Entries by the class of their objects. @param entries of `TrustSums` */
export function entriesByClass(entries: readonly TrustEntry[]): ReadonlyMap<number, TrustEntry[]> {
  const byClass = new Map<number, TrustEntry[]>();
  for (const entry of entries) {
    const some = byClass.get(entry.classId);
    if (some === undefined) byClass.set(entry.classId, [entry]);
    else some.push(entry);
  }
  return byClass;
}

function selectedEntries(
  entries: readonly TrustEntry[],
  { classId, size }: TrustSelection,
): readonly TrustEntry[] {
  return entries.filter(
    (one) => (classId ?? one.classId) === one.classId && (size ?? one.size) === one.size,
  );
}

function figuresOf(entries: readonly TrustEntry[]): TrustFigures {
  const byBlock = new EntriesByBlock(entries);
  const figure = (name: TrustMean) => meanFigure(name, byBlock);
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

function meanFigure(name: TrustMean, byBlock: EntriesByBlock): Figure {
  const { over } = trustMeans[name];
  const { entries } = byBlock;
  const n = total(entries, over);
  if (n === 0) return { value: null, n, of: 'objects', why: whyNone(name, entries) };
  const sums = trustBlocks(name, byBlock);
  const value = sums.numerators.reduce((sum, one) => sum + one, 0) / n;
  return { value, n, of: 'objects', ...ratioInterval(sums, { range: ranges[name] }) };
}

/** Numerators and denominators of a mean, by block in the order of their names. */
export interface BlockRatios {
  readonly blocks: readonly string[];
  readonly numerators: number[];
  readonly denominators: number[];
}

/** Entries with the place of the block of each: several figures are taken over the same ones. */
export class EntriesByBlock {
  readonly entries: readonly TrustEntry[];
  /** Ascending. */
  readonly blocks: readonly string[];
  readonly #places: readonly number[];

  constructor(entries: readonly TrustEntry[]) {
    this.entries = entries;
    this.blocks = [...new Set(entries.map(({ block }) => block))].sort();
    const places = new Map(this.blocks.map((block, place) => [block, place]));
    this.#places = entries.map(({ block }) => places.get(block) ?? 0);
  }

  sums(name: keyof TrustTotals): number[] {
    const sums = new Array<number>(this.blocks.length).fill(0);
    for (let i = 0; i < this.entries.length; i++) {
      const place = this.#places[i] as number;
      sums[place] = (sums[place] as number) + (this.entries[i] as TrustEntry).totals[name];
    }
    return sums;
  }
}

/** Of a mean, in the figure's own unit. */
export function trustBlocks(name: TrustMean, byBlock: EntriesByBlock): BlockRatios {
  const { unit, over, shift } = trustMeans[name];
  const denominators = byBlock.sums(over);
  const numerators = byBlock
    .sums(name)
    .map((sum, i) => sum / unit - shift * (denominators[i] as number));
  return { blocks: byBlock.blocks, numerators, denominators };
}

/** Misses that the model looked at, of those with evidence. */
function missFigure(misses: readonly TrustEntry[]): Figure {
  const n = total(misses, 'known');
  if (n === 0) {
    const why = misses.length === 0 ? 'Nothing was missed.' : noEvidence;
    return { value: null, n, of: 'objects', why };
  }
  const interval = ratioInterval(missBlocks(misses), { range: [0, 1] });
  return { value: total(misses, 'lookedAt') / n, n, of: 'objects', ...interval };
}

/** Misses that the model looked at, and those with evidence. */
export function missBlocks(misses: readonly TrustEntry[]): BlockRatios {
  const byBlock = new EntriesByBlock(misses);
  return {
    blocks: byBlock.blocks,
    numerators: byBlock.sums('lookedAt'),
    denominators: byBlock.sums('known'),
  };
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
