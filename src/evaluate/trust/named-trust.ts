import type { ClassTrust, EvaluationBlocks } from '../result/evaluation.ts';
import type { Figure } from '../result/figure.ts';
import {
  type BlockRatios,
  EntriesByBlock,
  entriesByClass,
  missBlocks,
  trustBlocks,
} from './trust-figures.ts';
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

const looked = 'looked_at_misses';

/**
 * Trust by the names that rules use: `lift`, `attainable`, `pointed` ... over all labels, and `looked_at_misses`, the share of the misses that the model looked at.
 *
 * @param suffix empty, `.Platelets` of a class, `@small` of a size
 */
export function namedTrust(trust: ClassTrust, suffix: string): Record<string, Figure> {
  const figures: Record<string, Figure> = { [looked + suffix]: trust.lookedAtMisses };
  for (const [name, mean] of Object.entries(labelFigures)) {
    figures[name + suffix] = trust.labels[mean];
  }
  return figures;
}

/**
 * The sums behind them by block, for differences between two evaluations, of all classes and of each: sums without any object are left out.
 *
 * @param entries of `TrustSums`
 * @param blocks names of all blocks, whose order the sums have
 * @param nameOf of a class by its id
 */
export function trustRatios(
  entries: readonly TrustEntry[],
  blocks: readonly string[],
  nameOf: (classId: number) => string,
): EvaluationBlocks['ratios'] {
  const ratios: EvaluationBlocks['ratios'] = {};
  const add = (name: string, sums: BlockRatios) => {
    if (!sums.denominators.some((one) => one > 0)) return;
    const places = new Map(sums.blocks.map((block, place) => [block, place]));
    const inOrder = (values: readonly number[]) =>
      blocks.map((block) => values[places.get(block) ?? -1] ?? 0);
    ratios[name] = {
      numerators: inOrder(sums.numerators),
      denominators: inOrder(sums.denominators),
    };
  };
  const addAll = (suffix: string, some: readonly TrustEntry[]) => {
    const labels = some.filter(({ outcome }) => outcome !== 'fp');
    const byBlock = new EntriesByBlock(labels);
    for (const [name, mean] of Object.entries(labelFigures)) {
      add(name + suffix, trustBlocks(mean, byBlock));
    }
    add(looked + suffix, missBlocks(labels.filter(({ outcome }) => outcome === 'fn')));
  };
  addAll('', entries);
  for (const [classId, some] of entriesByClass(entries)) {
    addAll(`.${nameOf(classId)}`, some);
  }
  return ratios;
}
