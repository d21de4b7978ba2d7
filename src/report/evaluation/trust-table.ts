import type {
  ClassTrust,
  DetectionEvaluation,
  TrustFigures,
} from '../../evaluate/result/evaluation.ts';
import { galleryIds } from '../findings/evaluation-parts.ts';
import { intervalWords, noValue } from '../findings/score-words.ts';
import { type Html, html } from '../html/html.ts';
import { swatch } from '../html/swatch.ts';
import { className } from '../words/class-words.ts';
import { counted, figure, wholeNumber } from '../words/wording.ts';

const mostRows = 20;

/** Right for the right reason: whether the evidence of a class lies on its objects, apart for what was found, what was missed and what has no label. */
export function trustTable(
  { classes, trust }: DetectionEvaluation,
  anchors: ReadonlySet<string>,
): Html | undefined {
  const measured = classes
    .flatMap(({ trust: own, ...one }) => (own === undefined ? [] : [{ ...one, trust: own }]))
    .sort((a, b) => b.labels - a.labels || a.classId - b.classId);
  if (measured.length === 0) return undefined;
  const heads = [
    ...['Labels', 'Other images', 'Found', 'Missed', 'False positives'],
    ...['Missed, looked at', 'Missed, not looked at'],
  ];
  const rows = measured.slice(0, mostRows).map((one) => {
    const { classId } = one;
    const id = galleryIds.misses(classId);
    return html`<tr><th scope="row"><span${swatch(classId)}><bdi>${className(one)}</bdi></span></th>${cells(one.trust, anchors.has(id) ? `#${id}` : undefined)}</tr>`;
  });
  const hidden = measured.length - rows.length;
  const all =
    trust && html`<tfoot><tr><th scope="row">All classes</th>${cells(trust)}</tr></tfoot>`;
  return html`<h3 class="part" id="evaluation-trust">Right for the right reason</h3>
<p class="lead">How much of a class's evidence lies on its objects, as lift: times an even spread, so 1 is chance. Evidence is the model's own score of the class in each cell, neither a component of a layer nor a cause. Boxes come from the same scores, so found objects have much of it by construction: compare the misses, and the same places in other images.</p>
<div class="panel scroll" tabindex="0" role="region" aria-label="Class evidence by outcome"><table class="sortable scores"><thead><tr><th scope="col">Class</th>${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead><tbody>${rows}</tbody>${all}</table></div>
<p class="small below">Looked at: more evidence than an even spread, and than other images have at that place. A miss that is looked at may be one of threshold or place; one that is not looked at shows no sign of the class. ${hidden > 0 && html`${counted(hidden, 'more class', 'more classes')} in <code>evaluation.json</code>.`}</p>`;
}

function cells(trust: ClassTrust, misses?: string): Html {
  const { labels, tp, fn, fp, missedLookedAt, missedNotLookedAt } = trust;
  const looked = wholeNumber(missedLookedAt);
  return html`${lift(labels)}${other(labels)}${lift(tp)}${lift(fn)}${lift(fp)}<td class="number" data-value="${missedLookedAt}">${misses === undefined ? looked : html`<a href="${misses}">${looked}</a>`}</td><td class="number" data-value="${missedNotLookedAt}">${wholeNumber(missedNotLookedAt)}</td>`;
}

function lift({ lift: one, objects }: TrustFigures): Html {
  const interval = intervalWords(one, figure);
  const of = `of ${wholeNumber(one.n === 0 ? objects : one.n)}`;
  if (one.value === null) return html`<td class="number" data-value="-1">${noValue}</td>`;
  return html`<td class="number" data-value="${one.value}">${figure(one.value)}<small>${of}${interval !== undefined && `, ${interval}`}</small></td>`;
}

function other({ otherImagesLift: { value } }: TrustFigures): Html {
  return html`<td class="number" data-value="${value ?? -1}">${value === null ? noValue : figure(value)}</td>`;
}
