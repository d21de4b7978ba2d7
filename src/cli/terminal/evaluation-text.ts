import type {
  DetectionEvaluation,
  Evaluation,
  OperatingPoint,
} from '../../evaluate/result/evaluation.ts';
import { groupRemarks } from '../../report/findings/interval-caveat.ts';
import { figureInWords } from '../../report/findings/score-words.ts';
import { sigmaWords } from '../../report/findings/sigma-words.ts';
import { counted, wholeNumber } from '../../report/words/wording.ts';
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
  const sigmas = sigmaWords(evaluation);
  return [
    head,
    ...(detection
      ? [`from confidence ${confThreshold} on, at IoU ${rules.iouThreshold}:`, ...all(detection)]
      : []),
    ...(classification ? [`top-1 accuracy ${figureInWords(classification.top1)}`] : []),
    ...(classification?.top5 ? [`top-5 accuracy ${figureInWords(classification.top5)}`] : []),
    ...lines,
    ...(left > 0 ? [`  and ${counted(left, 'class', 'classes')} more: see the report`] : []),
    ...(sigmas === undefined ? [] : [sigmas]),
    ...groupRemarks(evaluation),
  ].join('\n');
}

const formWords = { mask: 'masks', keypoints: 'keypoints', rotated: 'rotated boxes' } as const;

function all(detection: DetectionEvaluation): string[] {
  const { apName, precisions } = detection;
  return [
    ...precisions.map(({ form, ap50, ap50To95 }) => {
      const of = form === 'box' ? '' : ` of ${formWords[form]}`;
      const [at50, at50To95] =
        apName === 'mAP' ? ['mAP50', 'mAP50-95'] : [`${apName}, IoU 0.5`, 'IoU 0.5 to 0.95'];
      return `  ${at50}${of} ${figureInWords(ap50, 3)}, ${at50To95} ${figureInWords(ap50To95, 3)}`;
    }),
    classLine('all', detection),
  ];
}

function classLine(name: string, { tp, fp, fn, precision, recall }: OperatingPoint): string {
  const found = `${wholeNumber(tp)} of ${wholeNumber(tp + fn)} found`;
  return `  ${oneLine(name).padEnd(16)}  recall ${figureInWords(recall).padEnd(19)}  precision ${figureInWords(precision).padEnd(19)}  ${found}, ${counted(fp, 'false positive')}`;
}
