import type { DetectionEvaluation } from '../../evaluate/result/evaluation.ts';
import { type ObjectSize, objectSizes } from '../../evaluate/result/object-row.ts';
import { figureWords, intervalWords } from '../findings/score-words.ts';
import { type Html, html } from '../html/html.ts';
import { swatch } from '../html/swatch.ts';
import { className } from '../words/class-words.ts';
import { counted, wholeNumber } from '../words/wording.ts';

/** The others are in evaluation.json: a page stays within its budget of elements. */
const mostRows = 20;

const sizeWords: Readonly<Record<ObjectSize, string>> = {
  small: 'Small, below 32 x 32 px',
  medium: 'Medium, below 96 x 96 px',
  large: 'Large',
};

/** Recall by the size of what was labeled: of all, and of the classes with the most labels. */
export function sizeTable({ sizes, classes }: DetectionEvaluation): Html | undefined {
  const used = objectSizes.filter((size) =>
    sizes.some((one) => one.size === size && one.labels > 0),
  );
  if (used.length === 0) return undefined;
  const ranked = [...classes]
    .filter((one) => one.labels > 0 && one.sizes.length > 0)
    .sort((a, b) => b.labels - a.labels || a.classId - b.classId);
  const rows = ranked
    .slice(0, mostRows)
    .map(
      (one) =>
        html`<tr><th scope="row"><span${swatch(one.classId)}><bdi>${className(one)}</bdi></span></th>${used.map((size) => cell(one.sizes, size))}</tr>`,
    );
  const hidden = ranked.length - rows.length;
  const all = html`<tfoot><tr><th scope="row">All classes</th>${used.map((size) => cell(sizes, size))}</tr></tfoot>`;
  return html`<h3 class="part" id="evaluation-sizes">Recall by size</h3><p class="lead">Sizes are COCO's, in pixels of the original image.</p><div class="panel scroll" tabindex="0" role="region" aria-label="Recall by size"><table class="sortable scores"><thead><tr><th scope="col">Class</th>${used.map((size) => html`<th scope="col" class="number">${sizeWords[size]}</th>`)}</tr></thead><tbody>${rows}</tbody>${all}</table></div>${hidden > 0 && html`<p class="small">${counted(hidden, 'more class', 'more classes')} in <code>evaluation.json</code>.</p>`}`;
}

function cell(sizes: DetectionEvaluation['sizes'], size: ObjectSize): Html {
  const one = sizes.find((other) => other.size === size);
  if (one === undefined || one.labels === 0) {
    return html`<td class="number" data-value="-1"><span class="small">no labels</span></td>`;
  }
  const interval = intervalWords(one.recall);
  const range = interval === undefined ? '' : `, ${interval}`;
  return html`<td class="number" data-value="${one.recall.value ?? -1}">${figureWords(one.recall)}<small>${wholeNumber(one.tp)} of ${wholeNumber(one.labels)}${range}</small></td>`;
}
