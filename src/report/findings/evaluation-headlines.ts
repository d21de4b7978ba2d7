import type {
  ClassificationEvaluation,
  DetectionEvaluation,
  Evaluation,
} from '../../evaluate/result/evaluation.ts';
import { parseColumn, sampleColumns } from '../../shared/catalog/measure-column.ts';
import { headline } from '../summary/found-headlines.ts';
import { headlinesOf, titleOf } from '../summary/headlines.ts';
import type { Headline, Summary } from '../summary/summary-schema.ts';
import { shortClassName } from '../words/class-words.ts';
import { nextSteps } from '../words/next-steps.ts';
import { counted, figure, listed, percent, wholeNumber } from '../words/wording.ts';
import {
  fewObjects,
  galleryIds,
  type ScoredClass,
  scoredClasses,
  toneLimits,
  toneOf,
  worstClass,
} from './evaluation-parts.ts';
import { largestConfusions } from './largest-confusions.ts';
import { figureInWords, figureWords, intervalWords, scoreWords } from './score-words.ts';

/** Sentences of the first screen where the labels were compared. */
const mostHeadlines = 6;
/** Background images with boxes, from which share on they deserve a look. */
const litShare = 0.1;
/** Classes that a title names beside the worst one. */
const mostOthers = 2;

const next = {
  misses: 'Open the misses, and see whether class evidence lies on them.',
  lookedAt:
    'Those the model scores, but too low: compare their crops with their labels. The others it does not score at all.',
  falsePositives: 'Open their crops: is the object wrong, or is its label missing?',
  confusions: 'Open their crops, and check their labels too.',
  ownRules: 'Whether that is enough is for a rule to say: eigenfleet check.',
  background: 'Open these images: is something there that has no label?',
} as const;

/** The summary with its title and sentences as the labels have it: what the model is worth comes before what it merely found. Trouble with the run stays first. */
export function withEvaluation(summary: Summary, evaluation: Evaluation | undefined): Summary {
  if (evaluation === undefined) return summary;
  const { labeled, background: empty, unusable } = evaluation.labels;
  if (labeled + empty === 0 && unusable > 0) return withUnusable(summary, unusable);
  const own = titleOf(summary);
  const [finding, ...findings] = findingsOf(evaluation);
  if (finding === undefined) return summary;
  const title = own.proof === 'failures' ? own : asTitle(finding);
  const others = headlinesOf(withoutOldLabels(summary, evaluation), title);
  const isTrouble = ({ proof }: Headline) => proof === 'failures';
  const headlines = [
    ...others.filter(isTrouble),
    ...(title === own ? [finding] : []),
    ...findings,
    ...others.filter((one) => !isTrouble(one)),
  ];
  return besideLabels({ ...summary, title, headlines: headlines.slice(0, mostHeadlines) });
}

/** Where other labels count than those that the run read: how many these name, and nothing of the heat in the old ones. */
function withoutOldLabels(summary: Summary, { labels }: Evaluation): Summary {
  if (labels.changed === undefined) return summary;
  const measures = Object.entries(summary.measures).filter(
    ([column]) => !parseColumn(column)?.kind.labeled,
  );
  const before = summary.measures[sampleColumns.labeledObjects];
  const n = labels.labeled + labels.background;
  if (before !== undefined && n > 0) {
    measures.push([sampleColumns.labeledObjects, { ...before, n, mean: labels.objects / n }]);
  }
  return { ...summary, measures: Object.fromEntries(measures) };
}

/** There are labels, and no image has any that can be used. */
function withUnusable(summary: Summary, images: number): Summary {
  const text = `The labels of ${counted(images, 'image')} cannot be used, so nothing is judged.`;
  const parts = { tone: 'look', proof: 'failures', next: nextSteps.badLabels } as const;
  const headlines = [headline(text, parts), ...summary.headlines].slice(0, mostHeadlines);
  return besideLabels({ ...summary, headlines });
}

/** Nobody is told to get the labels that are there. */
function besideLabels(summary: Summary): Summary {
  const besides = new Map<string | undefined, string>([
    [nextSteps.withoutLabels, nextSteps.withLabels],
    [nextSteps.selfAgreement, nextSteps.comparedLabels],
  ]);
  const mended = (one: Headline): Headline => {
    const next = besides.get(one.next);
    return next === undefined ? one : { ...one, next };
  };
  return { ...summary, title: mended(summary.title), headlines: summary.headlines.map(mended) };
}

/** Titles end without a period. */
function asTitle(one: Headline): Headline {
  return { ...one, text: one.text.replace(/\.$/, '') };
}

/** The strongest first: it is the title. */
function findingsOf(evaluation: Evaluation): Headline[] {
  const { detection, classification } = evaluation;
  const classes = scoredClasses(evaluation);
  const worth = detection ? [precisionSentence(detection)] : [];
  if (classification) worth.push(accuracySentence(classification));
  const trouble = [recallSentence(classes), falsePositiveSentence(classes)];
  const others = [
    detection && background(detection),
    detection && lookedAt(detection),
    confusion(evaluation),
  ];
  const known = (all: readonly (Headline | undefined)[]) => all.filter((one) => one !== undefined);
  const [problems, rest] = [true, false].map((isProblem) =>
    known(trouble).filter(({ tone }) => (tone === 'problem') === isProblem),
  );
  return [...(problems ?? []), ...known(worth), ...(rest ?? []), ...known(others)];
}

/** "mAP50 0.55 (0.50 to 0.60), mAP50-95 0.28: 812 of 900 labeled objects found, 96 boxes without a label." */
function precisionSentence(detection: DetectionEvaluation): Headline | undefined {
  const { tp, fp, fn, precisions, apName } = detection;
  if (tp + fn === 0) return undefined;
  const found = `${wholeNumber(tp)} of ${counted(tp + fn, 'labeled object')} found, ${counted(fp, 'box', 'boxes')} without a label`;
  const [main] = precisions;
  const recall = tp / (tp + fn);
  const parts = { tone: toneOf(recall), proof: 'evaluation', next: next.ownRules } as const;
  if (main === undefined || main.ap50.value === null) return headline(`${upper(found)}.`, parts);
  const name = apName === 'mAP' ? 'mAP50' : `${apName} (IoU 0.5)`;
  return headline(`${name} ${figureWords(main.ap50, 3)}: ${found}.`, parts);
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "Platelets: 10 of 83 labeled ones found, recall 0.12 (0.06 to 0.21)."; below it the others that fail. */
function recallSentence(classes: readonly ScoredClass[]): Headline | undefined {
  const worst = worstClass(classes, 'recall');
  if (worst === undefined) return undefined;
  const { one, value } = worst;
  const tone = toneOf(value);
  const interval = intervalWords(one.recall);
  const range = interval === undefined ? '' : ` (${interval})`;
  const counts = `${wholeNumber(one.tp)} of ${wholeNumber(one.labels)}`;
  const text =
    tone === 'problem'
      ? `${shortClassName(one)}: ${counts} labeled ones found, recall ${scoreWords(value)}${range}.`
      : `The lowest recall of a class is ${scoreWords(value)}${range}: ${shortClassName(one)}, ${counts} found.`;
  const others = tone === 'problem' ? othersBelow(classes, one) : '';
  const proof = galleryIds.misses(one.classId);
  return headline(text, { tone, proof, next: `${others}${next.misses}` });
}

/** "WBC 0.31 and 4 more classes are below 0.5 too.": a reader of the first sentence must not take one class for the only one. */
function othersBelow(classes: readonly ScoredClass[], worst: ScoredClass): string {
  const others = classes
    .filter((one) => one !== worst && one.recall.n >= fewObjects)
    .flatMap((one) => (one.recall.value === null ? [] : [{ one, value: one.recall.value }]))
    .filter(({ value }) => value < toneLimits.problem)
    .sort((a, b) => a.value - b.value || a.one.classId - b.one.classId);
  if (others.length === 0) return '';
  const named = others
    .slice(0, mostOthers)
    .map(({ one, value }) => `${shortClassName(one)} ${scoreWords(value)}`);
  const more = others.length - named.length;
  const all = more > 0 ? [...named, counted(more, 'more class', 'more classes')] : named;
  return `${listed(all)} ${others.length === 1 ? 'is' : 'are'} below ${toneLimits.problem} too. `;
}

/** "RBC: 720 false positives, boxes without a label, of 1,160 (precision 0.38)." */
function falsePositiveSentence(classes: readonly ScoredClass[]): Headline | undefined {
  const most = [...classes]
    .filter(({ fp, tp }) => fp > 0 && fp + tp >= fewObjects)
    .sort((a, b) => b.fp - a.fp || a.classId - b.classId)[0];
  if (most === undefined || most.precision.value === null) return undefined;
  const { tp, fp, precision, classId } = most;
  const text = `${shortClassName(most)}: ${counted(fp, 'false positive')} among ${counted(tp + fp, 'box', 'boxes')}, precision ${figureInWords(precision)}.`;
  const parts = { proof: galleryIds.falsePositives(classId), next: next.falsePositives };
  return headline(text, { ...parts, tone: toneOf(most.precision.value) });
}

function background({ background: { images, lit } }: DetectionEvaluation): Headline | undefined {
  if (images === 0 || lit === 0) return undefined;
  const text = `On ${wholeNumber(lit)} of ${counted(images, 'image')} labeled as empty the model finds something.`;
  const tone = lit > images * litShare ? 'look' : 'note';
  return headline(text, { tone, proof: 'evaluation-background', next: next.background });
}

/** "40 of 54 misses (74 %) are looked at: class evidence lies on them": scores of the model itself, no cause. */
function lookedAt({ trust }: DetectionEvaluation): Headline | undefined {
  if (trust === undefined) return undefined;
  const { missedLookedAt: looked, missedNotLookedAt: not } = trust;
  if (looked + not < fewObjects) return undefined;
  const share = percent(looked / (looked + not));
  const lift = trust.tp.lift.value;
  const found =
    lift === null ? '' : `; on the objects found lies ${figure(lift)} times an even spread`;
  const text = `${wholeNumber(looked)} of ${counted(looked + not, 'miss', 'misses')} (${share}) are looked at: class evidence lies on them${found}.`;
  return headline(text, { tone: 'note', proof: 'evaluation-trust', next: next.lookedAt });
}

function confusion(evaluation: Evaluation): Headline | undefined {
  const { detection, classification } = evaluation;
  const confusions = detection?.confusions ?? classification?.confusions ?? [];
  const [most] = largestConfusions(confusions, 1);
  if (most === undefined || most.count < fewObjects) return undefined;
  const name = (id: number) => {
    const known = scoredClasses(evaluation).find(({ classId }) => classId === id);
    return shortClassName({ classId: id, name: known?.name ?? '' });
  };
  const text = `${name(most.labeled)} is taken for ${name(most.predicted)} ${wholeNumber(most.count)} times: the most frequent confusion.`;
  const proof = galleryIds.confused(most.predicted, most.labeled);
  return headline(text, { tone: 'look', proof, next: next.confusions });
}

/** "Top-1 accuracy 0.91 (0.87 to 0.94) on 200 labeled images." */
function accuracySentence({ top1, top5 }: ClassificationEvaluation): Headline | undefined {
  if (top1.value === null) return undefined;
  const five = top5 === undefined || top5.value === null ? '' : `, top-5 ${figureWords(top5)}`;
  const text = `Top-1 accuracy ${figureInWords(top1)}${five} on ${counted(top1.n, 'labeled image')}.`;
  return headline(text, { tone: toneOf(top1.value), proof: 'evaluation', next: next.ownRules });
}
