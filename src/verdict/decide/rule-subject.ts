import type { Outcome } from '../../evaluate/result/object-row.ts';
import { objectSizes } from '../../evaluate/result/object-row.ts';

/** What a figure of labels is of: `recall.Platelets@small`. */
export interface RuleSubject {
  /** `recall`. */
  readonly base: string;
  readonly className?: string;
  readonly size?: (typeof objectSizes)[number];
}

/** Reads the name of a figure of labels. A class may have dots and at signs in its name. */
export function ruleSubject(figure: string): RuleSubject {
  const size = objectSizes.find((one) => figure.endsWith(`@${one}`));
  const rest = size === undefined ? figure : figure.slice(0, -size.length - 1);
  const dot = rest.indexOf('.');
  return {
    base: dot < 0 ? rest : rest.slice(0, dot),
    ...(dot >= 0 && { className: rest.slice(dot + 1) }),
    ...(size !== undefined && { size }),
  };
}

/** The objects that make a figure worse. Those of average precision, F1 and the rest: both kinds. */
export function worseningOutcomes(base: string): readonly Outcome[] {
  if (['recall', 'misses', 'found', 'looked_at_misses'].includes(base)) return ['fn'];
  if (
    ['precision', 'false_positives', 'background_lit', 'background_false_positives'].includes(base)
  )
    return ['fp'];
  return base === 'unjudged' ? ['unjudged'] : ['fn', 'fp'];
}
