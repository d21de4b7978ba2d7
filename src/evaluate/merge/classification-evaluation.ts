import type { ClassificationEvaluation } from '../result/evaluation.ts';
import { classLabels } from './class-labels.ts';
import { confusionsOf } from './confusions.ts';
import { classIdsOf, type DetectionRequest } from './detection-evaluation.ts';
import { operatingPoint } from './operating-point.ts';

/** Fewer classes have no top five. */
const five = 5;

/** What the top classes are worth against the labels. */
export function classificationEvaluation({
  sums,
  blocks,
  book,
  classNames,
}: Pick<DetectionRequest, 'sums' | 'blocks' | 'book' | 'classNames'>): ClassificationEvaluation {
  const { tallies } = sums;
  const images = tallies.of('ranked', blocks);
  const words = { of: 'images', without: 'No explained image has a usable label.' } as const;
  const top = (name: 'top1' | 'top5') =>
    book.figure(name, { numerators: tallies.of(name, blocks), denominators: images }, words);
  const labelOf = classLabels(classNames);
  return {
    top1: top('top1'),
    ...(classNames.length > five && { top5: top('top5') }),
    confusions: confusionsOf(sums.confusions),
    classes: classIdsOf(sums).map((classId) => {
      const name = labelOf(classId);
      const choice = { classIds: [classId], suffix: `.${name}`, whose: ` of ${name}` };
      const point = operatingPoint({ tallies, blocks, book }, choice);
      return { classId, name, labels: point.tp + point.fn, ...point };
    }),
  };
}
