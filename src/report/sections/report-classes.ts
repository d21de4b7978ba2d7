import { traitsOf } from '../../shared/run/task-traits.ts';
import { inlineStrip } from '../html/charts.ts';
import { type Html, html } from '../html/html.ts';
import { swatch } from '../html/swatch.ts';
import type { ClassSummary, DistributionSummary, Summary } from '../summary/summary-schema.ts';
import { className } from '../words/class-words.ts';
import { counted, figure, percent, wholeNumber } from '../words/wording.ts';
import { evidenceTable } from './evidence-table.ts';

const openRows = 20;
const mostRows = 200;
/** Below this many objects, quantiles say little. */
const few = 10;

/** One row a class, by count: objects, images, confidence, size. A class with none stays, grayed. */
export function classesSection({ classes, model }: Summary): Html | undefined {
  if (classes.length === 0) return undefined;
  const classifier = traitsOf(model.task).classifies;
  const shown = classes.slice(0, mostRows);
  const first = shown.slice(0, openRows);
  const rest = shown.slice(openRows);
  const lead = classifier
    ? 'For each class, the images whose top class it is.'
    : 'What the model found: without labels, nothing here says whether it is right.';
  return html`<section id="classes" aria-labelledby="classes-title"><div class="wrap"><h2 id="classes-title">Classes</h2><p class="lead">${lead}</p>
${table(first, classifier, 'Classes')}${
  rest.length > 0 &&
  html`<details><summary>${counted(rest.length, 'more class', 'more classes')}</summary>${table(rest, classifier, 'More classes')}</details>`
}${other(classes.slice(mostRows))}${evidenceTable(classes, traitsOf(model.task).words.form)}</div></section>`;
}

function table(classes: readonly ClassSummary[], classifier: boolean, label: string): Html {
  const head = classifier
    ? html`<th scope="col" class="number">Images</th><th scope="col">Probability: 5 to 95 %</th><th scope="col" class="number">Median</th>`
    : html`<th scope="col" class="number">Objects</th><th scope="col" class="number">Images</th><th scope="col">Confidence: 5 to 95 %</th><th scope="col" class="number">Median confidence</th><th scope="col" class="number">Median size, % of image</th>`;
  return html`<div class="panel scroll" tabindex="0" role="region" aria-label="${label}"><table class="sortable"><thead><tr><th scope="col">Class</th>${head}</tr></thead><tbody>${classes.map((one) => row(one, classifier))}</tbody></table></div>`;
}

function row(one: ClassSummary, classifier: boolean): Html {
  const { objects, images, confidence, boxArea } = one;
  const hint = objects > 0 && objects < few ? html` <span class="small">(few)</span>` : undefined;
  const counts = classifier
    ? number(images, wholeNumber(images))
    : html`${number(objects, wholeNumber(objects))}${number(images, wholeNumber(images))}`;
  return html`<tr class="${objects === 0 ? 'none' : 'some'}"><th scope="row"><span${swatch(one.classId)}><bdi>${className(one)}</bdi></span>${hint}</th>${counts}<td data-value="${confidence?.quantiles.p50 ?? -1}">${strip(one, confidence)}</td>${number(confidence?.quantiles.p50, confidence && figure(confidence.quantiles.p50))}${!classifier && number(boxArea?.quantiles.p50, boxArea && percent(boxArea.quantiles.p50))}</tr>`;
}

function strip(one: ClassSummary, confidence: DistributionSummary | undefined): Html | string {
  if (confidence === undefined) return '';
  const { p5, p95 } = confidence.quantiles;
  return inlineStrip(
    confidence.quantiles,
    `${className(one)}: confidence from ${figure(p5)} to ${figure(p95)}`,
  );
}

function number(value: number | undefined, words: string | undefined): Html {
  return html`<td class="number" data-value="${value ?? -1}">${words ?? html`<span class="small">none</span>`}</td>`;
}

function other(rest: readonly ClassSummary[]): Html | undefined {
  if (rest.length === 0) return undefined;
  const objects = rest.reduce((sum, one) => sum + one.objects, 0);
  return html`<p class="small">Other: ${counted(rest.length, 'class', 'classes')} with ${counted(objects, 'object')} in all; each is in <code>summary.json</code>.</p>`;
}
