import { type Html, html } from '../../report/html/html.ts';
import { swatch } from '../../report/html/swatch.ts';
import { counted, wholeNumber } from '../../report/words/wording.ts';
import type {
  ClassDifference,
  Comparison,
  ComparisonStep,
  FigureDifference,
} from '../compare/comparison.ts';
import { figureValueWords, shareWords } from '../compare/words/difference-words.ts';
import { changeCell, figureCell } from './comparison-words.ts';
import { stepName } from './step-name.ts';

const openRows = 20;
const mostRows = 200;

/** Recall, precision, AP and counts of each class in both runs of each step, the last step open. */
export function classSection({ runs, steps }: Comparison): Html | undefined {
  const shown = steps.filter(({ classes }) => classes.length > 0);
  if (shown.length === 0) return undefined;
  const judged = shown.some(({ classes }) => classes.some(({ recall }) => recall !== undefined));
  const lead = judged
    ? 'The former run, the latter, and the difference with its 95 % interval over groups of images; bold where the interval excludes 0.'
    : 'What the models found. Without labels nothing here says whether it is right.';
  const parts = [...shown].reverse().map((step, i) => {
    const table = classTables(step);
    const name = stepName(runs, step);
    if (i === 0) return html`<h3>${name}</h3>${table}`;
    return html`<details><summary>${name}</summary>${table}</details>`;
  });
  return html`<section id="classes" aria-labelledby="classes-title"><div class="wrap wide compared-tables"><h2 id="classes-title">Classes</h2><p class="lead">${lead}</p>${parts}</div></section>`;
}

function classTables({ classes }: ComparisonStep): Html {
  const judged = classes.some(({ recall, precision }) => recall ?? precision);
  const rest = classes.slice(openRows, mostRows);
  const left = classes.length - mostRows;
  return html`${table(classes.slice(0, openRows), judged)}${rest.length > 0 && html`<details><summary>${counted(rest.length, 'more class', 'more classes')}</summary>${table(rest, judged)}</details>`}${left > 0 && html`<p class="small">${counted(left, 'class is', 'classes are')} in <code>comparison.json</code> only.</p>`}`;
}

function table(classes: readonly ClassDifference[], judged: boolean): Html {
  const head = judged
    ? html`<th scope="col" class="number">Labels</th><th scope="col" class="number">Recall</th><th scope="col" class="number">Precision</th><th scope="col" class="number">AP50</th><th scope="col" class="number">False positives</th><th scope="col" class="number">Misses</th>`
    : html``;
  return html`<div class="panel scroll" tabindex="0" role="region" aria-label="Classes"><table class="sortable"><thead><tr><th scope="col">Class</th>${head}<th scope="col" class="number">Objects found</th></tr></thead><tbody>${classes.map((one) => row(one, judged))}</tbody></table></div>`;
}

function row(one: ClassDifference, judged: boolean): Html {
  const { name, classId, objects, labels } = one;
  const figures =
    judged &&
    html`${labelsCell(labels)}${figureCells(one.recall)}${figureCells(one.precision)}${figureCells(one.averagePrecision)}${countCell(one.falsePositives)}${countCell(one.misses)}`;
  return html`<tr><th scope="row"><span${swatch(classId)}><bdi>${name}</bdi></span></th>${figures}${countCell(objects)}</tr>`;
}

function labelsCell(labels: readonly [number, number] | undefined): Html {
  if (labels === undefined) return html`<td class="number" data-value="-1">n/a</td>`;
  const [from, to] = labels;
  if (from !== to) return countCell(labels);
  return html`<td class="number" data-value="${to}">${wholeNumber(to)}</td>`;
}

function figureCells(figure: FigureDifference | undefined): Html {
  if (figure === undefined) return html`<td class="number" data-value="0">n/a</td>`;
  const { name, from, to, difference } = figure;
  const values = [figureValueWords(name, from.value), figureValueWords(name, to.value)] as const;
  return figureCell(values, difference, shareWords, true);
}

function countCell(counts: readonly [number, number] | undefined): Html {
  if (counts === undefined) return html`<td class="number" data-value="-1">n/a</td>`;
  const [from, to] = counts;
  return changeCell(wholeNumber(from), wholeNumber(to), to);
}
