import { type Html, html } from '../../report/html/html.ts';
import type { Comparison, ProgressChart } from '../compare/comparison.ts';
import { figureValueWords } from '../compare/words/difference-words.ts';
import { lineChart } from './line-chart.ts';

/** How figures go over three and more runs, each chart with its numbers as a table. */
export function progressSection({ progress, runs }: Comparison): Html | undefined {
  if (progress.length === 0) return undefined;
  const labels = runs.map(({ label }) => label);
  return html`<section id="progress" aria-labelledby="progress-title"><div class="wrap wide"><h2 id="progress-title">Progress</h2><p class="lead">The runs in the order in which they were given, each over its own images. Whiskers are 95 % intervals over groups of images; they overlap more than paired differences need.</p><div class="charts">${progress.map((chart) => chartOf(chart, labels))}</div></div></section>`;
}

function chartOf(chart: ProgressChart, labels: readonly string[]): Html {
  const rows = chart.lines.map(
    ({ name, words, values }) =>
      html`<tr><th scope="row">${words}</th>${values.map((value) => html`<td class="number">${figureValueWords(name, value)}</td>`)}</tr>`,
  );
  return html`<figure class="panel chart"><h3>${chart.title}</h3>${lineChart(chart, labels)}<details><summary>As a table</summary><div class="scroll" tabindex="0" role="region" aria-label="${chart.title}"><table><thead><tr><th scope="col">Figure</th>${labels.map((label) => html`<th scope="col" class="number">${label}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div></details></figure>`;
}
