import type { ObjectForm } from '../../shared/run/object-form.ts';
import { type Html, html } from '../html/html.ts';
import { swatch } from '../html/swatch.ts';
import type { ClassSummary, DistributionSummary } from '../summary/summary-schema.ts';
import { className } from '../words/class-words.ts';
import { capital, figure, mapWords, percent } from '../words/wording.ts';

/** The others are in summary.json: a page stays within 6,000 elements. */
const mostRows = 10;

/** A table of its own, so that it stands apart from counts and from what maps of layers show. */
export function evidenceTable(
  classes: readonly ClassSummary[],
  form: ObjectForm,
): Html | undefined {
  const measured = classes.filter(({ evidence }) => evidence !== undefined);
  if (measured.length === 0) return undefined;
  const left = measured.length - mostRows;
  return html`<h3 class="part">Class evidence: where the model scores each class</h3>
<p class="lead">How much of what the model's own scores say of a class lies in its own ${form} of that class: medians over the images that have any. This is self-agreement, of scores with ${form}, and does not say whether they are right. Lift is times an even spread. Beside it stand the most that ${form} of this size allow, and what the same maps are worth over the ${form} of other images: the same map on every image would have both alike. A component of a layer is not a class, and has no part in this.</p>
<div class="panel scroll" tabindex="0" role="region" aria-label="Class evidence"><table class="sortable"><thead><tr><th scope="col">Class</th><th scope="col">Grid</th>${headsOf(form).map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead><tbody>${measured.slice(0, mostRows).map(row)}</tbody></table></div>${left > 0 && html`<p class="small">${left} more in <code>summary.json</code>.</p>`}`;
}

function headsOf(form: ObjectForm): readonly string[] {
  const lift = ['Lift, of at most', 'Over other images', 'Of the attainable'];
  return [`In its ${form}`, 'They cover', ...lift];
}

function row(one: ClassSummary): Html {
  const { evidence } = one;
  if (evidence === undefined) return html``;
  const { share, area, lift, ceiling, otherImagesLift, attainable, layer } = evidence;
  const other =
    otherImagesLift === undefined
      ? cell(undefined, '')
      : cell(otherImagesLift, figure(otherImagesLift));
  return html`<tr><th scope="row"><span${swatch(one.classId)}><bdi>${className(one)}</bdi></span></th><td data-value="${/\d+$/.exec(layer)?.[0] ?? -1}">${capital(mapWords(layer)).replace(' ', '\u00a0')}</td>${middle(share, percent)}${middle(area, percent)}${cell(lift.quantiles.p50, `${figure(lift.quantiles.p50)} of ${figure(ceiling.quantiles.p50)}`)}${other}${middle(attainable, percent)}</tr>`;
}

function middle(one: DistributionSummary | undefined, words: (value: number) => string): Html {
  const value = one?.quantiles.p50;
  return value === undefined ? cell(undefined, '') : cell(value, words(value));
}

function cell(value: number | undefined, words: string): Html {
  return html`<td class="number" data-value="${value ?? -1}">${value === undefined ? html`<span class="small">not measured</span>` : words}</td>`;
}
