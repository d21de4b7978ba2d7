import { ratioInterval } from '../../shared/intervals/ratio-interval.ts';
import type { EvaluationBlocks } from '../result/evaluation.ts';
import type { Figure } from '../result/figure.ts';
import { objectSizes } from '../result/object-row.ts';
import { classTrust, selectedEntries, type TrustSelection, trustBlocks } from './trust-figures.ts';
import type { TrustEntry, TrustMean } from './trust-sums.ts';

/** Names that rules use -> the mean over all labels, found or missed. */
const labelFigures = {
  lift: 'lift',
  attainable: 'attainable',
  other_images_lift: 'otherImagesLift',
  pointed: 'pointed',
  relevance_rank: 'relevanceRank',
  coverage: 'coverage',
} as const satisfies Record<string, TrustMean>;

/** The same sums by block as `EvaluationBlocks` holds them. */
type Ratios = EvaluationBlocks['ratios'];

export interface NamedTrust {
  readonly figures: Record<string, Figure>;
  readonly ratios: Ratios;
}

/**
 * Trust by the names that rules use: `lift`, `attainable`, `pointed` ... over all labels, and `looked_at_misses`, the share of the misses that the model looked at; of a class
 * `lift.Platelets`, of a size `lift.Platelets@small`. `ratios`: numerators and denominators in the order of `blocks`, for differences between two evaluations.
 *
 * @param entries of `TrustSums`
 * @param classNames by class id
 */
export function namedTrust(
  entries: readonly TrustEntry[],
  { classNames, blocks }: { classNames: readonly string[]; blocks: readonly string[] },
): NamedTrust {
  const named: NamedTrust = { figures: {}, ratios: {} };
  addNamed(named, '', entries, blocks);
  const classIds = [...new Set(entries.map(({ classId }) => classId))];
  for (const classId of classIds) {
    const name = `.${classNames[classId] ?? classId}`;
    const ofClass = selectedEntries(entries, { classId });
    addNamed(named, name, ofClass, blocks);
    for (const size of objectSizes) {
      const selection: TrustSelection = { classId, size };
      addNamed(named, `${name}@${size}`, selectedEntries(ofClass, selection), blocks);
    }
  }
  return named;
}

function addNamed(
  { figures, ratios }: NamedTrust,
  suffix: string,
  entries: readonly TrustEntry[],
  blocks: readonly string[],
): void {
  const trust = classTrust(entries);
  if (trust === undefined) return;
  const labels = entries.filter(({ outcome }) => outcome !== 'fp');
  for (const [name, mean] of Object.entries(labelFigures)) {
    figures[name + suffix] = trust.labels[mean];
    ratios[name + suffix] = ratioOf(trustBlocks(mean, labels), blocks);
  }
  const misses = missBlocks(entries);
  figures[`looked_at_misses${suffix}`] = missFigure(misses);
  ratios[`looked_at_misses${suffix}`] = ratioOf(misses, blocks);
}

type Blocks = ReadonlyMap<string, readonly [numerator: number, denominator: number]>;

function ratioOf(sums: Blocks, blocks: readonly string[]): Ratios[string] {
  return {
    numerators: blocks.map((block) => sums.get(block)?.[0] ?? 0),
    denominators: blocks.map((block) => sums.get(block)?.[1] ?? 0),
  };
}

/** Misses that the model looked at, of those whose evidence is known. */
function missBlocks(entries: readonly TrustEntry[]): Blocks {
  const sums = new Map<string, readonly [number, number]>();
  for (const { outcome, block, totals } of entries) {
    if (outcome !== 'fn') continue;
    const [lookedAt, known] = sums.get(block) ?? [0, 0];
    sums.set(block, [lookedAt + totals.lookedAt, known + totals.known]);
  }
  return sums;
}

function missFigure(misses: Blocks): Figure {
  const numerators = [...misses.values()].map(([numerator]) => numerator);
  const denominators = [...misses.values()].map(([, denominator]) => denominator);
  const n = denominators.reduce((sum, one) => sum + one, 0);
  if (n === 0) {
    const why =
      misses.size === 0
        ? 'Nothing was missed.'
        : 'No evidence of their class is stored for the misses.';
    return { value: null, n, of: 'objects', why };
  }
  const value = numerators.reduce((sum, one) => sum + one, 0) / n;
  const interval = ratioInterval({ numerators, denominators }, { range: [0, 1] });
  return { value, n, of: 'objects', ...interval };
}
