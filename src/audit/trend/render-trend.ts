import { type Html, html, trusted } from '../../report/html/html.ts';
import { mark, markSymbols } from '../../report/html/marks.ts';
import { pageHead } from '../../report/html/page-head.ts';
import { pageScript } from '../../report/html/report-script.ts';
import { pageStyle } from '../../report/html/report-style.ts';
import { logo, themeSwitch } from '../../report/render-report.ts';
import { counted, wholeNumber } from '../../report/words/wording.ts';
import { figureValueWords } from '../../verdict/compare/words/difference-words.ts';
import { nightSentence, nightStateWords, nightTones } from './night-state.ts';
import type { Trend, TrendChart, TrendPoint } from './trend.ts';
import { trendChart } from './trend-chart.ts';
import { trendHeadlines, trendTitle } from './trend-headlines.ts';
import { trendStyle } from './trend-style.ts';

/** Renders trend.html: one file in the report's style that loads nothing, complete without script. Everything that comes from data is escaped. */
export function renderTrend(trend: Trend): string {
  const { audit, points } = trend;
  const title = `${trendTitle(trend).text} - ${audit.name}, eigenfleet audit`;
  const head = pageHead({ title, style: `${pageStyle}\n${trendStyle}`, hasScript: true });
  const hasCharts = trend.charts.length > 0;
  const sections = [
    ...(hasCharts ? [{ id: 'figures', name: 'Figures' }] : []),
    ...(points.length > 0 ? [{ id: 'nights', name: 'Nights' }] : []),
    { id: 'method', name: 'Method' },
  ];
  return html`<!doctype html>
<html lang="en">${head}
<body><svg class="defs" width="0" height="0" aria-hidden="true"><defs>${markSymbols()}</defs></svg><a class="skip" href="#main">Skip to the audit</a>
<header class="wrap top"><span class="brand">${logo()}eigenfleet audit</span><nav aria-label="Contents"><ul>${sections.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>${themeSwitch()}</header>
<main id="main">${hero(trend)}${hasCharts && figures(trend)}${points.length > 0 && nights(trend)}${method(trend)}</main>
<footer><div class="wrap">Made by eigenfleet from the nights of audit <code>${audit.name}</code>; <code>eigenfleet audit history ${audit.name} --json</code> has the same numbers.</div></footer>
<script>${trusted(pageScript)}</script></body></html>
`.markup;
}

function hero(trend: Trend): Html {
  const { audit, points } = trend;
  const title = trendTitle(trend);
  const text = title.text;
  return html`<div class="hero"><div class="wrap"><p class="eyebrow"><span>${audit.name}</span><span>${audit.cron} (${audit.timeZone})</span><span>${audit.images}</span><span>${audit.model}</span></p><h1${text.length > 90 && html` class="long"`}>${mark(title.tone)}${text}</h1>
<ul class="headlines">${trendHeadlines(trend).map(({ tone, text: said }) => html`<li>${mark(tone)}<span>${said}</span></li>`)}</ul>
${points.length > 0 && html`<ol class="strip" aria-label="Nights, the oldest first">${points.map(cell)}</ol>`}</div></div>`;
}

/** A night in the strip: its mark, which leads to its report. */
function cell({ night, state, report }: TrendPoint): Html {
  const says = `${night.key}: ${nightStateWords[state]}`;
  const shown = html`<svg class="mark tone-${nightTones[state]}" role="img" aria-label="${says}" width="18" height="18"><title>${says}</title><use href="#mark-${nightTones[state]}"/></svg>`;
  return html`<li>${report === undefined ? html`<span class="cell">${shown}</span>` : html`<a class="cell" href="${report}">${shown}</a>`}</li>`;
}

function figures({ charts, points }: Trend): Html {
  return html`<section id="figures" aria-labelledby="figures-title"><div class="wrap wide"><h2 id="figures-title">Figures</h2><p class="lead">A dot a night; each leads to the report of that night. A square is a night that failed its rules. Nights have other images, so figures move without a change for the worse: the verdicts say what chance does not explain.</p><div class="trends">${charts.map((chart) => figureOf(chart, points))}</div></div></section>`;
}

function figureOf(chart: TrendChart, points: readonly TrendPoint[]): Html {
  const { title, note, lines } = chart;
  const rows = points.map(
    ({ night }, i) =>
      html`<tr><th scope="row">${night.key}</th>${lines.map(({ name, values }) => html`<td class="number">${figureValueWords(name, values[i] ?? null)}</td>`)}</tr>`,
  );
  const columns = lines.map(({ words }) => html`<th scope="col" class="number">${words}</th>`);
  return html`<figure class="panel chart"><h3>${title}</h3><p class="small">${note}</p>${trendChart(chart, points)}<details><summary>As a table</summary><div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr><th scope="col">Night</th>${columns}</tr></thead><tbody>${rows}</tbody></table></div></details></figure>`;
}

function nights({ points, left }: Trend): Html {
  const earlier =
    left > 0 ? ` ${counted(left, 'earlier night')} ${left === 1 ? 'is' : 'are'} not shown.` : '';
  return html`<section id="nights" aria-labelledby="nights-title"><div class="wrap wide"><h2 id="nights-title">Nights</h2><p class="lead">The newest first.${earlier}</p><div class="scroll" tabindex="0" role="region" aria-label="Nights"><table class="nights"><thead><tr><th scope="col">Night</th><th scope="col">Verdict</th><th scope="col">What was found</th><th scope="col" class="number">Images, explained</th><th scope="col">Model</th><th scope="col">Report</th></tr></thead><tbody>${points.toReversed().map(row)}</tbody></table></div></div></section>`;
}

function row({ night, state, report }: TrendPoint): Html {
  const { images, model, key, trigger } = night;
  const how = trigger === 'catch-up' ? 'caught up' : trigger === 'hand' ? 'by hand' : undefined;
  const counts =
    images === undefined
      ? ''
      : `${wholeNumber(images.total)}, ${wholeNumber(images.explained)} of them`;
  return html`<tr><th scope="row">${key}${how !== undefined && html`<span class="small">${how}</span>`}</th><td><span class="flag-name">${mark(nightTones[state])}<span>${nightStateWords[state]}</span></span></td><td>${nightSentence(night)}</td><td class="number">${counts}</td><td>${model?.name}${model?.changedFrom !== undefined && html`<span class="small">changed</span>`}</td><td>${report !== undefined && html`<a href="${report}">report<span class="hidden"> of ${key}</span></a>`}</td></tr>`;
}

function method({ audit }: Trend): Html {
  return html`<section id="method" aria-labelledby="method-title"><div class="wrap"><h2 id="method-title">Method</h2><div class="prose"><p>A night is a run of this audit: <code>${audit.images}</code> with <code>${audit.model}</code>, planned by <code>${audit.cron}</code> in ${audit.timeZone}. Its verdict is that of its rules, held against the baseline that was said. Passed means that no rule failed and each could be told.</p><p>Heat and evidence show where a model's activations and scores are strong, not why it decides. A night that passes is not a proof that the model is right.</p></div></div></section>`;
}
