import { type Html, html } from '../../report/html/html.ts';
import { counted, twoDigits } from '../../report/words/wording.ts';
import { isOfImage } from '../../shared/catalog/measure-column.ts';
import type {
  Comparison,
  ComparisonStep,
  FigureDifference,
  MeasureDifference,
} from '../compare/comparison.ts';
import {
  figureValueWords,
  measureValueWords,
  shareWords,
} from '../compare/words/difference-words.ts';
import { isBetterHigh } from '../compare/words/figure-words.ts';
import { isShare } from '../compare/words/share-figures.ts';
import { changeCell, differenceCell } from './comparison-words.ts';
import { stepName } from './step-name.ts';

/** Every measure over the images of both runs: means and medians with paired differences. Those of the fused map and of whole images first. */
export function measureSection({ runs, steps }: Comparison): Html | undefined {
  const shown = steps.filter(({ measures }) => measures.length > 0);
  if (shown.length === 0) return undefined;
  const parts = [...shown].reverse().map((step, i) => {
    const tables = measureTables(step);
    const name = stepName(runs, step);
    if (i === 0) return html`<h3>${name}</h3>${tables}`;
    return html`<details><summary>${name}</summary>${tables}</details>`;
  });
  return html`<section id="measures" aria-labelledby="measures-title"><div class="wrap wide compared-tables"><h2 id="measures-title">Measures</h2><p class="lead">Over the images that both runs explained, image by image. The median of the differences is not the difference of the medians. Bold where the 95 % interval over groups of images excludes 0; of so many measures one in twenty is bold by chance.</p>${parts}</div></section>`;
}

function measureTables({ measures }: ComparisonStep): Html {
  const first = measures.filter(({ column }) => isOfImage(column));
  const rest = measures.filter(({ column }) => !isOfImage(column));
  return html`${table(first)}${rest.length > 0 && html`<details><summary>${counted(rest.length, 'measure')} of single layers</summary>${table(rest)}</details>`}`;
}

function table(measures: readonly MeasureDifference[]): Html {
  return html`<div class="panel scroll" tabindex="0" role="region" aria-label="Measures"><table class="sortable"><thead><tr><th scope="col">Measure</th><th scope="col" class="number">Images</th><th scope="col" class="number">Mean</th><th scope="col" class="number">Difference</th><th scope="col" class="number">Median</th><th scope="col" class="number">Median difference</th></tr></thead><tbody>${measures.map(row)}</tbody></table></div>`;
}

function row(one: MeasureDifference): Html {
  const { words, meaning, n, mean, median } = one;
  const said = (value: number) => measureValueWords(one, value);
  return html`<tr><th scope="row">${words}<span class="small"> ${meaning}</span></th><td class="number" data-value="${n}">${n}</td>${changeCell(said(mean.from), said(mean.to), mean.to)}${differenceCell(mean.difference, twoDigits)}${changeCell(said(median.from), said(median.to), median.to)}${differenceCell(median.difference, twoDigits)}</tr>`;
}

/** Figures of a step on the page: of eighty classes there are thousands, and browsers lay them out even where nobody looks. */
const mostFigures = 300;

/** The figures of the evaluations, for those who look one up: those of all classes first, as evaluations have them. */
export function figureSection({ runs, steps }: Comparison): Html | undefined {
  const shown = steps.filter(({ figures }) => figures.length > 0);
  if (shown.length === 0) return undefined;
  const parts = [...shown]
    .reverse()
    .map(
      (step, i) =>
        html`<details${i === 0 && step.figures.length <= 12 && html` open`}><summary>${stepName(runs, step)}: ${counted(step.figures.length, 'figure')}</summary>${figureTable(step.figures.slice(0, mostFigures))}${leftOut(step.figures.length - mostFigures)}</details>`,
    );
  return html`<section id="figures" aria-labelledby="figures-title"><div class="wrap wide"><h2 id="figures-title">Figures of the evaluations</h2><p class="lead">Of all labeled images of each run, by the names that rules use.</p>${parts}</div></section>`;
}

function leftOut(count: number): Html | false {
  return (
    count > 0 &&
    html`<p class="small below">${counted(count, 'more figure is', 'more figures are')} in <code>comparison.json</code> only.</p>`
  );
}

function figureTable(figures: readonly FigureDifference[]): Html {
  const rows = figures.map(({ name, words, from, to, difference }) => {
    const values = [from, to].map(({ value }) => figureValueWords(name, value));
    const said = isShare(name) ? shareWords : twoDigits;
    const behind = `${to.n} ${to.of}`;
    return html`<tr><th scope="row">${words} <code class="small">${name}</code></th><td class="number" data-value="${to.n}">${behind}</td>${changeCell(values[0] ?? '', values[1] ?? '', to.value)}${differenceCell(difference, said, isBetterHigh(name))}</tr>`;
  });
  return html`<div class="panel scroll" tabindex="0" role="region" aria-label="Figures"><table class="sortable"><thead><tr><th scope="col">Figure</th><th scope="col" class="number">Over</th><th scope="col" class="number">Value</th><th scope="col" class="number">Difference</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
