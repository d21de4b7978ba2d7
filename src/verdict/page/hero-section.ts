import { type Html, html } from '../../report/html/html.ts';
import { mark } from '../../report/html/marks.ts';
import type { Headline } from '../../report/summary/summary-schema.ts';
import { counted, listed } from '../../report/words/wording.ts';
import type { Comparison, FigureDifference } from '../compare/comparison.ts';
import { arrowed } from './comparison-words.ts';
import { dumbbellChart } from './dumbbell-chart.ts';
import { lineChart } from './line-chart.ts';

/** A title longer than this is set smaller. */
const longTitle = 90;

/** The first screen: which runs, the greatest change as a sentence, what else is clear, and one chart of it. */
export function heroSection(comparison: Comparison, anchors: ReadonlySet<string>): Html {
  const { title, headlines, runs, steps } = comparison;
  const text = arrowed(title.text);
  const models = [...new Set(runs.map(({ model }) => model.name))];
  const datasets = [...new Set(runs.map(({ dataset }) => dataset.name))];
  const both = steps.at(-1)?.images.both ?? 0;
  return html`<div class="hero"><div class="wrap"><div class="hero-grid"><div><p class="eyebrow"><span>${listed(runs.map(({ label }) => label))}</span><span>${listed(models)}</span><span>${listed(datasets)}</span><span>${counted(both, 'image')} in ${steps.length > 1 ? 'the last two' : 'both'}</span></p><h1${text.length > longTitle && html` class="long"`}>${mark(title.tone)}${text}</h1>
<ul class="headlines">${headlines.map((one) => line(one, anchors))}</ul></div>${heroFigure(comparison)}</div></div></div>`;
}

function line({ text, tone, proof, next }: Headline, anchors: ReadonlySet<string>): Html {
  const said = arrowed(text);
  const words = anchors.has(proof)
    ? html`<a href="#${proof}">${said}</a>`
    : html`<span>${said}</span>`;
  return html`<li>${mark(tone)}<span>${words}${next !== undefined && html` <span class="next">${next}</span>`}</span></li>`;
}

/** Of three and more runs their progress, of two the classes. */
function heroFigure({ runs, steps, progress }: Comparison): Html | undefined {
  const labels = runs.map(({ label }) => label);
  const [chart] = progress;
  if (chart !== undefined) {
    const note = chart.lines.some(({ intervals }) => intervals.some((one) => one !== null))
      ? ', with 95 % intervals'
      : '';
    return html`<figure class="hero-figure">${lineChart(chart, labels)}<figcaption>${chart.title}${note}, over ${listed(labels)}.</figcaption></figure>`;
  }
  const last = steps.at(-1);
  if (last === undefined) return undefined;
  const pair = [labels[last.from] ?? '', labels[last.to] ?? ''] as const;
  const drawn = dumbbellChart(figuresOf(last.classes.map(({ recall }) => recall)), pair);
  if (drawn === undefined) return undefined;
  return html`<figure class="hero-figure">${drawn}<figcaption><span class="legend-dots"><span><i></i>${pair[0]}</span><span><i class="after"></i>${pair[1]}</span></span></figcaption></figure>`;
}

function figuresOf(figures: readonly (FigureDifference | undefined)[]): FigureDifference[] {
  return figures.filter((one) => one !== undefined);
}
