import { sumOf } from '../../shared/statistics/sum-of.ts';
import type { ClassEvaluation, DetectionEvaluation, SizeEvaluation } from '../result/evaluation.ts';
import { objectSizes } from '../result/object-row.ts';
import { trustRatios } from '../trust/named-trust.ts';
import { classTrust, entriesByClass } from '../trust/trust-figures.ts';
import type { TrustEntry } from '../trust/trust-sums.ts';
import { classLabels } from './class-labels.ts';
import { confusionsOf } from './confusions.ts';
import type { EvaluationSums } from './evaluation-sums.ts';
import { type ObjectChoice, type OperatingContext, operatingPoint } from './operating-point.ts';
import { allPrecisions, classPrecisions, type PrecisionContext } from './precision-figures.ts';
import { type CandidateOrigin, candidatesOf, precisionContext } from './precision-origin.ts';
import { RatioBook } from './ratio-figures.ts';

export interface DetectionRequest {
  readonly sums: EvaluationSums;
  /** Names of all blocks. */
  readonly blocks: readonly string[];
  readonly book: RatioBook;
  /** By class id. */
  readonly classNames: readonly string[];
  readonly confThreshold: number;
  /** Figure -> its value without each block: filled here. */
  readonly without: Record<string, number[]>;
  readonly candidates: CandidateOrigin;
}

type DetectionContext = OperatingContext & {
  readonly precisions: PrecisionContext;
  /** Trust in the objects that are asked for, of all sizes. */
  readonly trusted: readonly TrustEntry[];
};

/** What boxes are worth against the labels. */
export function detectionEvaluation(request: DetectionRequest): DetectionEvaluation {
  const { sums, blocks, book, classNames } = request;
  const trusted = sums.trust.entries();
  const precisions = precisionContext(request);
  const context: DetectionContext = {
    ...{ tallies: sums.tallies, blocks, book, trusted, precisions },
  };
  const classIds = classIdsOf(sums);
  const all: ObjectChoice = { classIds, suffix: '', whose: '' };
  const labelOf = classLabels(classNames);
  const byClass = entriesByClass(trusted);
  const trust = classTrust(trusted);
  book.add(trustRatios(trusted, blocks, labelOf));
  return {
    ...operatingPoint(context, all),
    unjudged: sums.counts.unjudged,
    precisions: allPrecisions(precisions),
    ...candidatesOf(request, precisions),
    confusions: confusionsOf(sums.confusions),
    sizes: sizesOf(context, all),
    ...(trust && { trust }),
    classes: classIds.map((classId) => {
      const name = labelOf(classId);
      const choice = { classIds: [classId], suffix: `.${name}`, whose: ` of ${name}` };
      const ofClass = byClass.get(classId) ?? [];
      return classEvaluation({ ...context, trusted: ofClass }, { classId, name }, choice);
    }),
    background: { ...background(context), evidence: sums.peaks.build() },
  };
}

/** Classes with a label or a detection, ascending. */
export function classIdsOf({ tallies }: EvaluationSums): number[] {
  const ids = tallies.names().flatMap((name) => {
    const match = /^(?:tp|fp|fn)\/(\d+)/.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
  return [...new Set(ids)].sort((a, b) => a - b);
}

function classEvaluation(
  context: DetectionContext,
  { classId, name }: Pick<ClassEvaluation, 'classId' | 'name'>,
  choice: ObjectChoice,
): ClassEvaluation {
  const point = operatingPoint(context, choice);
  const trust = classTrust(context.trusted);
  return {
    ...{ classId, name, ...point },
    labels: point.tp + point.fn,
    images: context.tallies.total(`images/${classId}`),
    precisions: classPrecisions(context.precisions, classId, name),
    sizes: sizesOf(context, choice),
    ...(trust && { trust }),
  };
}

/** Those that have anything. Sums of sizes are not kept: there would be three times as many. */
function sizesOf(context: DetectionContext, choice: ObjectChoice): SizeEvaluation[] {
  return objectSizes.flatMap((size) => {
    const unkept = { ...context, book: new RatioBook() };
    const suffix = `${choice.suffix}@${size}`;
    const point = operatingPoint(unkept, { ...choice, size, suffix });
    const labels = point.tp + point.fn;
    const trust = classTrust(context.trusted, { size });
    return labels + point.fp === 0 ? [] : [{ size, labels, ...point, ...(trust && { trust }) }];
  });
}

function background({
  tallies,
  blocks,
  book,
}: OperatingContext): DetectionEvaluation['background'] {
  const images = tallies.of('background', blocks);
  const lit = tallies.of('background/lit', blocks);
  const without = 'No image is labeled as having no object.';
  const words = { of: 'images', without } as const;
  const litShare = book.figure('background_lit', { numerators: lit, denominators: images }, words);
  const falsePositives = book.figure(
    'background_false_positives',
    { numerators: tallies.of('background/fp', blocks), denominators: images },
    { ...words, range: [0, Number.POSITIVE_INFINITY] },
  );
  return { images: sumOf(images), lit: sumOf(lit), litShare, falsePositives };
}
