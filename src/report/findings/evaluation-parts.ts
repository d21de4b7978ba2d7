import type {
  ClassEvaluation,
  ClassificationEvaluation,
  Evaluation,
} from '../../evaluate/result/evaluation.ts';
import type { Figure } from '../../evaluate/result/figure.ts';

/** Below these a recall or a precision is called a problem, or worth a look: words of the page, not a gate. */
export const toneLimits = { problem: 0.5, look: 0.8 } as const;

/** Below this many labels or boxes a class alone makes no headline. */
export const fewObjects = 10;

/** What the classes of every task have. */
export type ScoredClass = Pick<
  ClassEvaluation,
  'classId' | 'name' | 'labels' | 'tp' | 'fp' | 'fn' | 'precision' | 'recall' | 'f1'
>;

/** Classes of a detector or a classifier; none where nothing was judged. */
export function scoredClasses({
  detection,
  classification,
}: Pick<Evaluation, 'detection' | 'classification'>): readonly (
  | ClassEvaluation
  | ClassificationEvaluation['classes'][number]
)[] {
  return detection?.classes ?? classification?.classes ?? [];
}

/** The class with the lowest value of a figure that rests on at least `fewObjects`; the first of equals. */
export function worstClass(
  classes: readonly ScoredClass[],
  name: 'precision' | 'recall',
): { readonly one: ScoredClass; readonly value: number } | undefined {
  let worst: { one: ScoredClass; value: number } | undefined;
  for (const one of classes) {
    const { value, n }: Figure = one[name];
    if (value === null || n < fewObjects) continue;
    if (worst === undefined || value < worst.value) worst = { one, value };
  }
  return worst;
}

export function toneOf(value: number): 'problem' | 'look' | 'note' {
  if (value < toneLimits.problem) return 'problem';
  return value < toneLimits.look ? 'look' : 'note';
}

/** Ids of the galleries of objects. */
export const galleryIds = {
  falsePositives: (classId: number): string => `objects-fp-${classId}`,
  misses: (classId: number): string => `objects-fn-${classId}`,
  confused: (predicted: number, labeled: number): string =>
    `objects-confused-${predicted}-${labeled}`,
};
