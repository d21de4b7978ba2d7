import type { EvaluationBlocks } from '../../evaluate/result/evaluation.ts';
import type { Figure } from '../../evaluate/result/figure.ts';
import {
  type GroupedDifference,
  type GroupedInterval,
  groupedInterval,
  tooFewGroups,
} from '../../shared/intervals/grouped-interval.ts';
import { jackknifeDifference } from '../../shared/intervals/jackknife-interval.ts';
import { ratioDifference } from '../../shared/intervals/ratio-interval.ts';
import { studentQuantile, studentTwoSided } from '../../shared/intervals/student-t.ts';
import { sumOf } from '../../shared/statistics/sum-of.ts';

/** What two evaluations say of one figure: the part of `Evaluation` that a difference needs. */
export interface ChangeSide {
  readonly figures: Readonly<Record<string, Figure>>;
  readonly blocks: EvaluationBlocks;
}

/** Second minus first. `paired`: the same groups stand behind both, so what they share cancels. */
export type FigureChange = GroupedDifference & { readonly paired: boolean };

/**
 * The change of one figure between two evaluations, with its 95 % interval from their blocks.
 *
 * The same groups in both: bootstrap-t over them for a ratio of sums, else the jackknife of the difference. None in common: the standard errors add up, and the
 * degrees of freedom are Welch's (1947). Some in common: the groups of both vary together, the others by themselves, with the degrees of the smaller evaluation.
 *
 * @returns `undefined` where one of them has no such figure, or it has no value. A count has a difference and no interval.
 */
export function figureChange(
  first: ChangeSide,
  second: ChangeSide,
  name: string,
): FigureChange | undefined {
  const [from, to] = [first.figures[name]?.value, second.figures[name]?.value];
  if (typeof from !== 'number' || typeof to !== 'number') return undefined;
  const difference = to - from;
  const paired = sameBlocks(first.blocks, second.blocks);
  const change = paired
    ? pairedChange(first, second, { name, from, to })
    : unpairedChange(first.blocks, second.blocks, { name, difference });
  return { ...(change ?? apartChange(first, second, name)), difference, paired };
}

/**
 * Where no block tells of a figure (one of a size), by the intervals of both, as of two runs that have nothing in common: too wide, and so never too sure, where they do.
 */
function apartChange(
  first: ChangeSide,
  second: ChangeSide,
  name: string,
): GroupedInterval | GroupedDifference {
  const [from, to] = [first.figures[name], second.figures[name]];
  const groups = Math.min(first.blocks.names.length, second.blocks.names.length);
  const [one, two] = [from, to].map((figure) => figure?.interval);
  if (counts.test(name)) return { groups, why: 'It is a count, which says nothing of its spread.' };
  if (!one || !two) return { groups, why: from?.why ?? to?.why ?? noSpread };
  const error =
    Math.hypot(one[1] - one[0], two[1] - two[0]) / (2 * studentQuantile(0.975, groups - 1));
  if (!(error > 0)) return { groups, why: noSpread };
  const difference = (to?.value ?? 0) - (from?.value ?? 0);
  const reach = studentQuantile(0.975, groups - 1) * error;
  const p = studentTwoSided(difference / error, groups - 1);
  const interval = groupedInterval(groups, [difference - reach, difference + reach], undefined);
  return { ...interval, difference, standardError: error, p };
}

function sameBlocks(first: EvaluationBlocks, second: EvaluationBlocks): boolean {
  const { names } = first;
  return (
    first.hashed === second.hashed &&
    names.length === second.names.length &&
    names.every((name, i) => name === second.names[i])
  );
}

function pairedChange(
  { blocks: first }: ChangeSide,
  { blocks: second }: ChangeSide,
  { name, from, to }: { readonly name: string; readonly from: number; readonly to: number },
): GroupedInterval | undefined {
  const [one, two] = [first.ratios[name], second.ratios[name]];
  const ratios = one && two && ratioDifference(one, two);
  if (ratios !== undefined) return ratios;
  const [oneLess, twoLess] = [first.without[name], second.without[name]];
  if (oneLess === undefined || twoLess === undefined) return undefined;
  const sides = [
    { value: from, without: oneLess },
    { value: to, without: twoLess },
  ] as const;
  return jackknifeDifference(...sides);
}

function unpairedChange(
  first: EvaluationBlocks,
  second: EvaluationBlocks,
  { name, difference }: { readonly name: string; readonly difference: number },
): GroupedInterval | GroupedDifference | undefined {
  const [one, two] = [influencesOf(first, name), influencesOf(second, name)];
  if (one === undefined || two === undefined) return undefined;
  const few = tooFewGroups(Math.min(one.size, two.size));
  if (few !== undefined) return few;
  // Blocks that share the remainder of a hash have nothing else in common.
  const shared =
    first.hashed || second.hashed ? [] : [...one.keys()].filter((block) => two.has(block));
  const [a, b] = [squaresOf(one), squaresOf(two)];
  const together = shared.reduce(
    (sum, block) => sum + (one.get(block) ?? 0) * (two.get(block) ?? 0),
    0,
  );
  const variance = a + b - 2 * together;
  const groups = one.size + two.size - shared.length;
  if (!(variance > 0))
    return { groups, why: 'Every group says the same, so nothing is known of the spread.' };
  const standardError = Math.sqrt(variance);
  const welch = (a + b) ** 2 / (a ** 2 / (one.size - 1) + b ** 2 / (two.size - 1));
  const degrees = shared.length === 0 ? welch : Math.min(one.size, two.size) - 1;
  const reach = studentQuantile(0.975, degrees) * standardError;
  const p = studentTwoSided(difference / standardError, degrees);
  const interval = groupedInterval(groups, [difference - reach, difference + reach], undefined);
  return { ...interval, difference, standardError, p };
}

/**
 * How far each block moves a figure; the squares add up to its variance. Of a ratio: linearized, (numerator - ratio denominator) / sum of denominators, times
 * sqrt(G / (G - 1)). Otherwise from the values without each block, as the jackknife has it.
 */
function influencesOf(
  blocks: EvaluationBlocks,
  name: string,
): ReadonlyMap<string, number> | undefined {
  const { names, ratios, without } = blocks;
  const [ratio, less] = [ratios[name], without[name]];
  if (ratio !== undefined) {
    const { numerators, denominators } = ratio;
    const total = sumOf(denominators);
    const value = sumOf(numerators) / total;
    const at = names.flatMap((_, i) => ((denominators[i] ?? 0) > 0 ? [i] : []));
    const scale = Math.sqrt(at.length / (at.length - 1)) / total;
    return new Map(
      at.map((i) => [
        names[i] ?? '',
        ((numerators[i] ?? 0) - value * (denominators[i] ?? 0)) * scale,
      ]),
    );
  }
  if (less === undefined) return undefined;
  const mean = sumOf(less) / less.length;
  const scale = Math.sqrt((less.length - 1) / less.length);
  return new Map(names.map((block, i) => [block, (mean - (less[i] ?? mean)) * scale]));
}

const noSpread = 'Nothing that is kept of it tells its spread.';
const counts = /^(?:found|misses|false_positives|unjudged|background_false_positives)(?:[.@]|$)/;

function squaresOf(influences: ReadonlyMap<string, number>): number {
  return sumOf([...influences.values()].map((one) => one ** 2));
}
