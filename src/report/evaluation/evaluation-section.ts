import type {
  ClassificationEvaluation,
  DetectionEvaluation,
  Evaluation,
} from '../../evaluate/result/evaluation.ts';
import { toneLimits } from '../findings/evaluation-parts.ts';
import { idleGroupCaveat, intervalCaveat } from '../findings/interval-caveat.ts';
import { figureInWords, intervalWords } from '../findings/score-words.ts';
import { sigmaWords } from '../findings/sigma-words.ts';
import { type Html, html } from '../html/html.ts';
import { mark } from '../html/marks.ts';
import { counted, figure, percent, wholeNumber } from '../words/wording.ts';
import { classScores } from './class-scores.ts';
import { confusionTable } from './confusion-table.ts';
import { scoreCurves } from './score-curves.ts';
import { sizeTable } from './size-table.ts';
import { trustTable } from './trust-table.ts';

/** What the model is worth against its labels. `anchors`: ids of the galleries on the page. */
export function evaluationSection(evaluation: Evaluation, anchors: ReadonlySet<string>): Html {
  const { detection, classification } = evaluation;
  return html`<section id="evaluation" aria-labelledby="evaluation-title"><div class="wrap"><h2 id="evaluation-title">Evaluation</h2><p class="lead">${basisWords(evaluation)}</p>
${classScores(evaluation, anchors)}${caveats(evaluation)}<div class="columns">${detection && scoreCurves(detection)}${confusionTable(evaluation, anchors)}</div>${detection && sizeTable(detection)}${detection && trustTable(detection, anchors)}${detection && background(detection)}${classification && accuracy(classification)}</div></section>`;
}

function basisWords({ labels, rules, confThreshold, detection }: Evaluation): string {
  const { labeled, background: empty, unusable, objects } = labels;
  const images = `${counted(labeled, 'labeled image')} with ${counted(objects, 'object')}`;
  const none = empty > 0 ? `, ${counted(empty, 'image')} without any` : '';
  const bad =
    unusable > 0
      ? `. The labels of ${counted(unusable, 'image')} cannot be used: they are judged neither way`
      : '';
  const point =
    detection === undefined
      ? 'The top class of each image is compared with its label.'
      : `Counts are of boxes from confidence ${figure(confThreshold)} on; a box is right where it overlaps a label of its class by an IoU of ${figure(rules.iouThreshold)} or more. Matching and average precision are those of ${rules.like}.`;
  return `What the model found, compared with what people labeled: ${images}${none}${bad}. ${point}`;
}

/** What must be known to read the figures, each a sentence. */
function caveats(evaluation: Evaluation): Html {
  const { detection, groups } = evaluation;
  const sentences = [
    intervalCaveat(groups),
    idleGroupCaveat(evaluation),
    detection && candidateCaveat(detection),
    sigmaWords(evaluation),
    changedCaveat(evaluation),
    `A false positive is a box without a label: the object may be there and its label not. Below ${toneLimits.problem} a recall or precision is called a problem on this page, below ${toneLimits.look} worth a look; no gate decides that.`,
    'n/a: without labels there is no recall, and without boxes no precision. Such classes are in no mean.',
    ...reasons(evaluation),
  ];
  return html`<ul class="caveats small">${sentences.filter((one) => one !== undefined).map((one) => html`<li>${one}</li>`)}</ul>`;
}

function changedCaveat({ labels: { changed } }: Evaluation): string | undefined {
  if (changed === undefined) return undefined;
  return `${counted(changed, 'image')} ${changed === 1 ? 'has' : 'have'} other labels than the run read. Pictures and figures here have the new ones; measures of heat in labels, and remarks on label files, are of those that the run read.`;
}

function candidateCaveat({ apName, candidates }: DetectionEvaluation): string | undefined {
  if (candidates === undefined) {
    return apName === 'mAP'
      ? undefined
      : `${apName}: boxes with a lower score are unknown, so it is lower than the mAP of val and must not be set beside it.`;
  }
  const { confThreshold, iouThreshold, maxDetections, cutImages, exact } = candidates;
  const cut = cutImages > 0 ? `; in ${counted(cutImages, 'image')} that cut some off` : '';
  const rounded = exact ? '' : ' It is taken from histograms of the scores: at most 0.001 off.';
  return `${apName} is taken over boxes above confidence ${figure(confThreshold)}, overlaps above ${figure(iouThreshold)} suppressed, at most ${wholeNumber(maxDetections)} of an image${cut}.${rounded}`;
}

/** Why figures of the whole have no value or no interval, each once. */
function reasons({ detection, classification }: Evaluation): string[] {
  const figures = detection
    ? [detection.precision, detection.recall, ...detection.precisions.map(({ ap50 }) => ap50)]
    : [classification?.top1, classification?.top5];
  return [...new Set(figures.flatMap((one) => one?.why ?? []))];
}

function background({ background: { images, lit, falsePositives } }: DetectionEvaluation): Html {
  if (images === 0) {
    return html`<p class="small below" id="evaluation-background">No image is labeled as empty, so nothing is known of false positives on background.</p>`;
  }
  const { value } = falsePositives;
  const range = intervalWords(falsePositives, figure);
  const mean =
    value === null
      ? ''
      : `, ${figure(value)} boxes each on average${range === undefined ? '' : ` (${range})`}`;
  const tone = lit > images / 10 ? 'look' : 'note';
  return html`<h3 class="part" id="evaluation-background">Images labeled as empty</h3><p>${mark(tone)} The model finds something on ${wholeNumber(lit)} of ${counted(images, 'such image')} (${percent(lit / images)})${mean}. An empty label file says that nothing is there; a forgotten one looks the same.</p>`;
}

function accuracy({ top1, top5 }: ClassificationEvaluation): Html {
  const five =
    top5 === undefined ? '' : ` The label is among the first five in ${figureInWords(top5)}.`;
  return html`<p class="below">The first class is right in ${figureInWords(top1)} of ${counted(top1.n, 'image')}.${five}</p>`;
}
