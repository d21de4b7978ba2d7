import type {
  AveragePrecision,
  ClassificationEvaluation,
  ClassTrust,
  DetectionEvaluation,
  Evaluation,
  OperatingPoint,
} from '../result/evaluation.ts';
import type { Figure } from '../result/figure.ts';
import { namedTrust } from '../trust/named-trust.ts';
import { precisionNames } from './precision-figures.ts';

type Figures = Record<string, Figure>;

/** Every figure of an evaluation by the name that rules and comparisons use. */
export function evaluationFigures({
  detection,
  classification,
}: Pick<Evaluation, 'detection' | 'classification'>): Figures {
  const figures = detection ? ofDetection(detection) : {};
  return classification ? { ...figures, ...ofClassification(classification) } : figures;
}

function ofDetection(detection: DetectionEvaluation): Figures {
  const { classes, sizes, background } = detection;
  const isAbove = detection.apName !== 'mAP';
  const figures: Figures = {
    ...ofPrecisions(detection.precisions, '', isAbove),
    ...ofObjects(detection, ''),
  };
  for (const one of sizes) Object.assign(figures, ofObjects(one, `@${one.size}`));
  for (const one of classes) {
    Object.assign(figures, ofPrecisions(one.precisions, `.${one.name}`, isAbove));
    Object.assign(figures, ofObjects(one, `.${one.name}`));
    for (const size of one.sizes) {
      Object.assign(figures, ofObjects(size, `.${one.name}@${size.size}`));
    }
  }
  return {
    ...figures,
    unjudged: counted(detection.unjudged),
    background_lit: background.litShare,
    background_false_positives: background.falsePositives,
    ...(background.evidence && { background_evidence: background.evidence }),
  };
}

/** The best threshold is that of the first form: boxes, where the task has them. */
function ofPrecisions(
  precisions: readonly AveragePrecision[],
  suffix: string,
  isAbove: boolean,
): Figures {
  const figures: Figures = {};
  for (const { form, ap50, ap50To95 } of precisions) {
    const [fifty, mean] = precisionNames(form, isAbove);
    figures[fifty + suffix] = ap50;
    figures[mean + suffix] = ap50To95;
  }
  const [first] = precisions;
  if (first?.best === undefined || isAbove) return figures;
  const { n } = first.ap50;
  const { threshold, f1 } = first.best;
  figures[`best_threshold${suffix}`] = { value: threshold, n, of: 'objects' };
  figures[`best_f1${suffix}`] = { value: f1, n, of: 'objects' };
  return figures;
}

function ofClassification({ top1, top5, classes }: ClassificationEvaluation): Figures {
  const figures: Figures = { top1, ...(top5 && { top5 }) };
  for (const one of classes) Object.assign(figures, ofPoint(one, `.${one.name}`));
  return figures;
}

function ofObjects(
  one: OperatingPoint & { readonly trust?: ClassTrust | undefined },
  suffix: string,
): Figures {
  return { ...ofPoint(one, suffix), ...(one.trust && namedTrust(one.trust, suffix)) };
}

function ofPoint(point: OperatingPoint, suffix: string): Figures {
  const { tp, fp, fn, precision, recall, f1 } = point;
  return {
    [`precision${suffix}`]: precision,
    [`recall${suffix}`]: recall,
    [`f1${suffix}`]: f1,
    [`found${suffix}`]: counted(tp, tp + fn),
    [`false_positives${suffix}`]: counted(fp, tp + fp),
    [`misses${suffix}`]: counted(fn, tp + fn),
  };
}

/** A count is known for sure, whatever it is of. */
function counted(value: number, n = value): Figure {
  return { value, n, of: 'objects' };
}
