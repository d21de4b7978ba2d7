import type {
  AveragePrecision,
  ClassEvaluation,
  Evaluation,
} from '../../evaluate/result/evaluation.ts';
import type { Figure } from '../../evaluate/result/figure.ts';
import { galleryIds, type ScoredClass, scoredClasses } from '../findings/evaluation-parts.ts';
import { figureWords, intervalWords, noValue, scoreWords } from '../findings/score-words.ts';
import { type Html, html } from '../html/html.ts';
import { swatch } from '../html/swatch.ts';
import { className } from '../words/class-words.ts';
import { counted, wholeNumber } from '../words/wording.ts';

const openRows = 20;
const mostRows = 200;
const formWords = { box: '', mask: 'Mask ', keypoints: 'Pose ', rotated: '' } as const;

/** One row a class, most labels first, and all classes together at the end. Counts of false positives and misses link to their galleries. */
export function classScores(evaluation: Evaluation, anchors: ReadonlySet<string>): Html {
  const all = [...scoredClasses(evaluation)].sort(
    (a, b) => b.labels - a.labels || b.fp - a.fp || a.classId - b.classId,
  );
  const first = all.slice(0, openRows);
  const rest = all.slice(openRows, mostRows);
  const hidden = all.length - first.length - rest.length;
  return html`<h3 class="part" id="evaluation-classes">By class</h3>${table(evaluation, first, { anchors, label: 'Evaluation by class', whole: true })}${
    rest.length > 0 &&
    html`<details><summary>${counted(rest.length, 'more class', 'more classes')}</summary>${table(evaluation, rest, { anchors, label: 'Evaluation of more classes', whole: false })}</details>`
  }${hidden > 0 && html`<p class="small">${counted(hidden, 'more class', 'more classes')} in <code>evaluation.json</code>.</p>`}`;
}

interface TableParts {
  readonly anchors: ReadonlySet<string>;
  readonly label: string;
  /** With a row for all classes. */
  readonly whole: boolean;
}

function table(
  evaluation: Evaluation,
  classes: readonly (ScoredClass | ClassEvaluation)[],
  { anchors, label, whole }: TableParts,
): Html {
  const { detection } = evaluation;
  const forms = detection?.precisions.map(({ form }) => form) ?? [];
  const name = detection?.apName === 'mAP' || detection === undefined ? 'AP' : detection.apName;
  const heads = [
    ...['Labels', 'Found', 'False positives', 'Misses', 'Precision', 'Recall', 'F1'],
    ...forms.flatMap((form) => [`${formWords[form]}${name} 50`, `${formWords[form]}${name} 50-95`]),
    ...(forms.length > 0 ? ['Best threshold'] : []),
  ];
  return html`<div class="panel scroll" tabindex="0" role="region" aria-label="${label}"><table class="sortable scores"><thead><tr><th scope="col">Class</th>${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead><tbody>${classes.map((one) => row(one, anchors, forms))}</tbody>${whole && total(evaluation)}</table></div>`;
}

function row(
  one: ScoredClass | ClassEvaluation,
  anchors: ReadonlySet<string>,
  forms: readonly AveragePrecision['form'][],
): Html {
  const { classId, labels, tp, fp, fn, precision, recall, f1 } = one;
  const precisions = 'precisions' in one ? one.precisions : [];
  const none = labels + fp + tp === 0 ? 'none' : 'some';
  return html`<tr class="${none}"><th scope="row"><span${swatch(classId)}><bdi>${className(one)}</bdi></span></th>${count(labels)}${count(tp)}${count(fp, linkTo(galleryIds.falsePositives(classId), anchors))}${count(fn, linkTo(galleryIds.misses(classId), anchors))}${[precision, recall, f1].map((figure) => cell(figure))}${averages(precisions, forms)}</tr>`;
}

/** All classes: counts are sums, precision and recall are over all objects, AP is the mean over the classes with labels. */
function total({ detection, classification, labels }: Evaluation): Html | undefined {
  if (detection === undefined) {
    const top1 = classification?.top1;
    return top1 === undefined
      ? undefined
      : html`<tfoot><tr><th scope="row">All images</th>${count(top1.n)}<td class="number" colspan="6">top-1 ${figureWords(top1)}</td></tr></tfoot>`;
  }
  const { tp, fp, fn, precision, recall, f1, precisions } = detection;
  return html`<tfoot><tr><th scope="row">All classes</th>${count(labels.objects)}${[tp, fp, fn].map((value) => count(value))}${[precision, recall, f1].map((figure) => cell(figure))}${averages(
    precisions,
    precisions.map(({ form }) => form),
  )}</tr></tfoot>`;
}

/** Two cells a form, and the best threshold of the first; a class that nobody ranked has empty ones. */
function averages(
  precisions: readonly AveragePrecision[],
  forms: readonly AveragePrecision['form'][],
): Html | undefined {
  if (forms.length === 0) return undefined;
  const best = precisions.find(({ form }) => form === forms[0])?.best?.threshold;
  const cells = forms.map((form) => {
    const one = precisions.find((other) => other.form === form);
    return [cell(one?.ap50 ?? missing, 3), cell(one?.ap50To95 ?? missing, 3)];
  });
  return html`${cells}<td class="number" data-value="${best ?? -1}">${best === undefined ? noValue : scoreWords(best)}</td>`;
}

const missing: Figure = { value: null, n: 0, of: 'objects' };

function linkTo(id: string, anchors: ReadonlySet<string>): string | undefined {
  return anchors.has(id) ? `#${id}` : undefined;
}

function count(value: number, href?: string): Html {
  const words = wholeNumber(value);
  return html`<td class="number" data-value="${value}">${href === undefined ? words : html`<a href="${href}">${words}</a>`}</td>`;
}

/** The value, and its interval below it. */
export function cell(figure: Figure, decimals = 2): Html {
  const interval = intervalWords(figure, (value) => scoreWords(value, decimals));
  return html`<td class="number" data-value="${figure.value ?? -1}">${figureWords(figure, decimals)}${interval !== undefined && html`<small>${interval}</small>`}</td>`;
}
