import { convergedResidual } from './converged-residual.ts';
import type { FlagThresholds } from './flag-thresholds.ts';
import { fusedColumns, parseColumn, sampleColumns } from './measure-column.ts';

/** Where `off-basis` starts where nothing is said. */
export const usualNovelty = 3;

/** Why an image deserves a look, in the order in which they are listed. Derived from the measures by the thresholds in run.json. */
export const flagNames = [
  'degenerate',
  'diffuse',
  'off-object',
  'off-basis',
  'border-focus',
  'uncertain-sign',
  'not-converged',
  'no-detection',
  'outlier',
] as const;
export type FlagName = (typeof flagNames)[number];

/** The name that a stored flag has now: earlier runs of the same schema call maps without heat blank. */
export function currentFlag(stored: string): string {
  return stored === 'blank-map' ? 'degenerate' : stored;
}

/** Severity of a state. Always shown as shape, color and word together. */
export type Tone = 'fine' | 'note' | 'look' | 'problem';

/** By column. */
type Measures = Readonly<Record<string, number>>;

/** When a flag is raised. A measure that could not be taken raises none. */
type FlagRule =
  /** `valueOf` lies beyond the limit. Its exemplars are ranked by that value, the worst first. */
  | {
      readonly flagged: 'above' | 'below';
      readonly valueOf: (measures: Measures) => number | undefined;
      readonly limitOf: (thresholds: FlagThresholds) => number;
    }
  /** The image is compared with its dataset: only the summary knows it, and ranks by distance (`outlier-rule.ts`). */
  | { readonly flagged: 'beside-others' }
  /** Without a degree: exemplars are ranked by the hash of the key, which spreads them over the dataset. */
  | {
      readonly flagged: 'when';
      readonly holds: (measures: Measures, sample: Pick<FlagRules, 'degenerateLayers'>) => boolean;
    };

export interface FlagKind {
  readonly rule: FlagRule;
  /** Only models that find objects raise it. */
  readonly detectors?: true;
  /** Only runs with a dataset's basis raise it. */
  readonly onBasis?: true;
  readonly tone: Tone;
  readonly label: string;
  /** After "2 ..." in a sentence. */
  readonly phrase: string;
  readonly meaning: string;
  /** The rule with its threshold, for people. */
  readonly words: (thresholds: FlagThresholds) => string;
}

/** All flags: what each is measured by, its direction, threshold and words. */
export const flagCatalog: Readonly<Record<FlagName, FlagKind>> = {
  degenerate: {
    // A fused map without a center of mass has no heat.
    rule: {
      flagged: 'when',
      holds: (measures, { degenerateLayers = 0 }) =>
        degenerateLayers > 0 || measures[fusedColumns.centerX] === undefined,
    },
    tone: 'problem',
    label: 'Degenerate map',
    phrase: 'with a degenerate map',
    meaning:
      'A layer, or all of them together, shows no structure: its activations are the same everywhere, not finite, or too few. There is no heat to place.',
    words: () => 'a map of a layer, or the fused map, has no cell above 0',
  },
  diffuse: {
    rule: {
      flagged: 'above',
      valueOf: (measures) => measures[fusedColumns.entropy],
      limitOf: ({ diffuseEntropy }) => diffuseEntropy,
    },
    tone: 'look',
    label: 'Spread over everything',
    phrase: 'spread over everything',
    meaning: 'The heat is almost the same everywhere and points to nothing.',
    words: (t) => `spread of the heat above ${t.diffuseEntropy} (1: the same everywhere)`,
  },
  'off-object': {
    rule: {
      flagged: 'below',
      valueOf: (measures) => measures[fusedColumns.boxLift],
      limitOf: ({ offObjectLift }) => offObjectLift,
    },
    tone: 'look',
    label: 'Heat off the objects',
    phrase: 'with heat off the objects',
    meaning: 'The boxes the model drew hold less heat than their area would by chance.',
    words: ({ offObjectLift }) =>
      offObjectLift === 1
        ? 'less heat inside boxes than an even spread would put there'
        : `heat inside boxes below ${offObjectLift} times an even spread`,
  },
  'off-basis': {
    rule: {
      flagged: 'above',
      valueOf: (measures) => measures[sampleColumns.novelty],
      limitOf: ({ novelty = usualNovelty }) => novelty,
    },
    onBasis: true,
    tone: 'look',
    label: 'Unlike the fitted images',
    phrase: 'unlike the fitted images',
    meaning:
      "Much of a layer's activity lies outside of the basis' components: the image shows what the images that the basis was fitted on do not.",
    words: ({ novelty = usualNovelty }) =>
      `energy off the basis per energy on it above ${novelty} times that of the fitted images`,
  },
  'border-focus': {
    rule: {
      flagged: 'above',
      valueOf: (measures) => measures[fusedColumns.borderLift],
      limitOf: ({ borderLift }) => borderLift,
    },
    tone: 'look',
    label: 'Heat along the border',
    phrase: 'with heat along the border',
    meaning: 'Often a frame, a time stamp, a watermark, or objects cut by the edge.',
    words: (t) => `heat in the outer 5\u00a0% ring above ${t.borderLift} times an even spread`,
  },
  'uncertain-sign': {
    rule: {
      flagged: 'below',
      valueOf: smallestSignMargin,
      limitOf: ({ signMargin }) => signMargin,
    },
    tone: 'note',
    label: 'Uncertain sign',
    phrase: 'with an uncertain sign',
    meaning: 'Hot and cold could be the other way around: read these maps with care.',
    words: (t) => `sign certainty below ${t.signMargin} in a layer (1: certain)`,
  },
  'not-converged': {
    rule: {
      flagged: 'above',
      valueOf: largestResidual,
      limitOf: () => convergedResidual,
    },
    tone: 'note',
    label: 'Not converged',
    phrase: 'not converged',
    meaning: 'The component is approximate: the iteration did not converge.',
    words: () => `distance from convergence above ${convergedResidual}`,
  },
  'no-detection': {
    rule: { flagged: 'when', holds: (measures) => measures[sampleColumns.detections] === 0 },
    detectors: true,
    tone: 'note',
    label: 'No detection',
    phrase: 'without a detection',
    meaning: 'The model found no object here, so nothing is said of heat inside boxes.',
    words: () => 'no object above the confidence threshold',
  },
  outlier: {
    rule: { flagged: 'beside-others' },
    tone: 'look',
    label: 'Unusual here',
    phrase: 'unusual for this dataset',
    meaning:
      'A measure lies far from what is usual in this dataset. It can be a rare scene, a damaged picture, or a mistake in the dataset.',
    words: (t) =>
      `a measure more than ${t.outlierZ} robust standard deviations from the median of the dataset, more where several are compared`,
  },
};

/** The measure behind a flag, by which its exemplars are ranked; `undefined` for flags that have no degree. */
export function flagValue(flag: FlagName, measures: Measures): number | undefined {
  const { rule } = flagCatalog[flag];
  const hasDegree = rule.flagged === 'above' || rule.flagged === 'below';
  return hasDegree ? rule.valueOf(measures) : undefined;
}

/** Which end of `flagValue` is the worst. */
export function flagRanking(flag: FlagName): 'lowest' | 'highest' {
  const { flagged } = flagCatalog[flag].rule;
  return flagged === 'above' || flagged === 'beside-others' ? 'highest' : 'lowest';
}

export interface FlagRules {
  readonly thresholds: FlagThresholds;
  /** A classifier finds none, so it is never flagged for that. */
  readonly findsObjects: boolean;
  /** Layers whose map has no heat. */
  readonly degenerateLayers?: number;
}

/** Why a successfully explained image deserves a look, in the order of `flagNames`, from its stored measures alone, without those of other images. */
export function flagsOf(measures: Measures, rules: FlagRules): FlagName[] {
  const { thresholds, findsObjects } = rules;
  return flagNames.filter((flag) => {
    const { rule, detectors } = flagCatalog[flag];
    if (detectors && !findsObjects) return false;
    if (rule.flagged === 'beside-others') return false;
    if (rule.flagged === 'when') return rule.holds(measures, rules);
    const value = rule.valueOf(measures);
    const limit = rule.limitOf(thresholds);
    if (value === undefined) return false;
    return rule.flagged === 'above' ? value > limit : value < limit;
  });
}

/** Over the layers, of the component that is fused and drawn. */
function smallestSignMargin(measures: Measures): number | undefined {
  return extremeOf(measures, Math.min, (column) => {
    const parsed = parseColumn(column);
    return parsed?.kind.name === 'signMargin' && parsed.component === undefined;
  });
}

/** Over the layers and all their components. */
function largestResidual(measures: Measures): number | undefined {
  return extremeOf(measures, Math.max, (column) => parseColumn(column)?.kind.name === 'residual');
}

function extremeOf(
  measures: Measures,
  worse: (a: number, b: number) => number,
  accepts: (column: string) => boolean,
): number | undefined {
  let extreme: number | undefined;
  for (const column in measures) {
    if (!accepts(column)) continue;
    const value = measures[column] as number;
    extreme = extreme === undefined ? value : worse(extreme, value);
  }
  return extreme;
}
