import type { Confusion, Evaluation } from '../../evaluate/result/evaluation.ts';
import { galleryIds, type ScoredClass, scoredClasses } from '../findings/evaluation-parts.ts';
import { largestConfusions } from '../findings/largest-confusions.ts';
import { type Html, html } from '../html/html.ts';
import { swatch } from '../html/swatch.ts';
import { className, shortClassName } from '../words/class-words.ts';
import { percent, wholeNumber } from '../words/wording.ts';

/** More make a table that nobody can survey. */
const mostClasses = 20;
const mostPairs = 20;
/** A larger table takes the whole width. */
const besideCurves = 5;

/** Which classes are taken for which: the whole table of few classes, of many the largest confusions. */
export function confusionTable(
  evaluation: Evaluation,
  anchors: ReadonlySet<string>,
): Html | undefined {
  const { detection, classification } = evaluation;
  const confusions = detection?.confusions ?? classification?.confusions ?? [];
  if (confusions.length === 0) return undefined;
  const seen = new Set(confusions.flatMap(({ predicted, labeled }) => [predicted, labeled]));
  const classes = [...scoredClasses(evaluation)]
    .filter(({ classId }) => seen.has(classId))
    .sort((a, b) => a.classId - b.classId);
  const body =
    classes.length <= mostClasses
      ? matrix(confusions, classes, detection !== undefined)
      : undefined;
  return html`<div${classes.length > besideCurves && html` class="across"`}><h3 class="part" id="evaluation-confusions">Confusions</h3>${body ?? pairs(confusions, classes, anchors)}</div>`;
}

interface Axis {
  readonly id: number | null;
  readonly name: Html | string;
}

function matrix(
  confusions: readonly Confusion[],
  classes: readonly ScoredClass[],
  withBackground: boolean,
): Html {
  const named = classes.map((one) => ({
    id: one.classId,
    name: html`<span${swatch(one.classId)}><bdi>${shortClassName(one)}</bdi></span>`,
  }));
  const columns: Axis[] = withBackground ? [...named, { id: null, name: 'not found' }] : named;
  const rows: Axis[] = withBackground ? [...named, { id: null, name: 'no label' }] : named;
  const counts = new Map(
    confusions.map(({ predicted, labeled, count }) => [`${labeled}/${predicted}`, count]),
  );
  const of = (row: Axis, column: Axis) => counts.get(`${row.id}/${column.id}`) ?? 0;
  const lines = rows.map((row) => {
    const sum = columns.reduce((total, column) => total + of(row, column), 0);
    return html`<tr><th scope="row">${row.name}</th>${columns.map((column) => shade(of(row, column), { sum, kind: kindOf(row, column) }))}</tr>`;
  });
  return html`<p class="lead">A row is what people labeled, a column what the model found there. The darker, the larger the part of its row: on the diagonal right, elsewhere wrong${withBackground ? '; the last row are boxes where no label is, the last column labels where no box is' : ''}.</p><div class="panel scroll" tabindex="0" role="region" aria-label="Confusions"><table class="confusions"><thead><tr><th scope="col">Labeled as</th>${columns.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead><tbody>${lines}</tbody></table></div>`;
}

function kindOf(row: Axis, column: Axis): 'right' | 'wrong' | 'nothing' {
  if (row.id === null && column.id === null) return 'nothing';
  return row.id === column.id ? 'right' : 'wrong';
}

/** Shaded by steps of a tenth, each a class of the style: five bytes, where a style of its own takes forty. */
function shade(
  value: number,
  { sum, kind }: { readonly sum: number; readonly kind: 'right' | 'wrong' | 'nothing' },
): Html {
  if (kind === 'nothing') return html`<td></td>`;
  if (value === 0) return html`<td class="zero">0</td>`;
  const step = Math.max(1, Math.round((value / sum) * 10));
  return html`<td class="${kind} s${step}">${wholeNumber(value)}</td>`;
}

function pairs(
  confusions: readonly Confusion[],
  classes: readonly ScoredClass[],
  anchors: ReadonlySet<string>,
): Html {
  const largest = largestConfusions(confusions, mostPairs);
  if (largest.length === 0) return html`<p>No class was taken for another.</p>`;
  const byId = new Map(classes.map((one) => [one.classId, one]));
  const name = (classId: number) =>
    html`<span${swatch(classId)}><bdi>${className(byId.get(classId) ?? { classId, name: '' })}</bdi></span>`;
  const rows = largest.map(({ predicted, labeled, count }) => {
    const id = galleryIds.confused(predicted, labeled);
    const words = wholeNumber(count);
    const labels = byId.get(labeled)?.labels ?? 0;
    const link = anchors.has(id) ? html`<a href="#${id}">${words}</a>` : words;
    return html`<tr><th scope="row">${name(labeled)}</th><td>${name(predicted)}</td><td class="number" data-value="${count}">${link}</td><td class="number" data-value="${labels > 0 ? count / labels : -1}">${labels > 0 ? percent(Math.min(1, count / labels)) : 'n/a'}</td></tr>`;
  });
  return html`<p class="lead">The ${largest.length} most frequent of ${classes.length} classes; all are in <code>evaluation.json</code>.</p><div class="panel scroll" tabindex="0" role="region" aria-label="Largest confusions"><table class="sortable"><thead><tr><th scope="col">Labeled as</th><th scope="col">Found as</th><th scope="col" class="number">Times</th><th scope="col" class="number">Of its labels</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
