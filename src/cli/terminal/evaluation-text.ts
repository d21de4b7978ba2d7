import type {
  DetectionEvaluation,
  Evaluation,
  OperatingPoint,
} from '../../evaluate/result/evaluation.ts';
import type { Figure } from '../../evaluate/result/figure.ts';
import { counted, percent, wholeNumber } from '../../report/words/wording.ts';
import { oneLine } from './screen-text.ts';

/** Classes that a terminal lists; the report has all. */
const mostClasses = 20;

/** An evaluation for people: what was compared, and a line for each class, the worst recall first. */
export function evaluationText(evaluation: Evaluation): string {
  const { labels, rules, confThreshold, groups, detection, classification } = evaluation;
  const { labeled, background, unusable, failed, objects, changed = 0 } = labels;
  const rest = [
    background > 0 && `${counted(background, 'image')} labeled as empty`,
    unusable > 0 && `${counted(unusable, 'image')} with unusable labels`,
    failed > 0 && `${counted(failed, 'image')} not explained`,
    changed > 0 && `${counted(changed, 'image')} with other labels than the run read`,
  ].filter((part) => part !== false);
  const by = rules.group === 'image' ? '' : `, in ${counted(groups.count, 'group')}`;
  const head = `${counted(objects, 'label')} in ${counted(labeled, 'image')}${by}${rest.length > 0 ? `; ${rest.join('; ')}` : ''}`;
  const classes = detection?.classes ?? classification?.classes ?? [];
  const sorted = [...classes].sort(
    (a, b) => (a.recall.value ?? 2) - (b.recall.value ?? 2) || a.classId - b.classId,
  );
  const lines = sorted.slice(0, mostClasses).map((one) => classLine(one.name, one));
  const left = sorted.length - lines.length;
  return [
    head,
    ...(detection
      ? [`at score ${confThreshold} and IoU ${rules.iouThreshold}:`, ...all(detection)]
      : []),
    ...(classification ? [`top-1 ${figureText(classification.top1)}`] : []),
    ...(classification?.top5 ? [`top-5 ${figureText(classification.top5)}`] : []),
    ...lines,
    ...(left > 0 ? [`  and ${counted(left, 'class', 'classes')} more: see the report`] : []),
  ].join('\n');
}

function all(detection: DetectionEvaluation): string[] {
  const { apName, precisions } = detection;
  return [
    ...precisions.map(({ form, ap50, ap50To95 }) => {
      const of = form === 'box' ? '' : ` of ${form}`;
      return `  ${apName}${of} at IoU 0.5 ${score(ap50)}, at 0.5 to 0.95 ${score(ap50To95)}`;
    }),
    classLine('all', detection),
  ];
}

/** "0.824 (0.744-0.904)" */
function score({ value, interval }: Figure): string {
  if (value === null) return 'n/a';
  if (interval === undefined) return value.toFixed(3);
  return `${value.toFixed(3)} (${interval.map((end) => end.toFixed(3)).join('-')})`;
}

function classLine(name: string, { tp, fp, fn, precision, recall }: OperatingPoint): string {
  const found = `${wholeNumber(tp)} of ${wholeNumber(tp + fn)} found`;
  return `  ${oneLine(name).padEnd(16)}  recall ${figureText(recall).padEnd(18)}  precision ${figureText(precision).padEnd(18)}  ${found}, ${wholeNumber(fp)} false`;
}

/** "12 % (5-22)"; "n/a" where there is no value. */
function figureText({ value, interval }: Figure): string {
  if (value === null) return 'n/a';
  if (interval === undefined) return percent(value);
  return `${percent(value)} (${interval.map((end) => Math.round(end * 100)).join('-')})`;
}
