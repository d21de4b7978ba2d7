import { type Html, html } from '../../report/html/html.ts';
import { mark } from '../../report/html/marks.ts';
import { capital, counted, twoDigits, wholeNumber } from '../../report/words/wording.ts';
import type { Comparison, ComparisonStep } from '../compare/comparison.ts';
import type { Drift, DriftMeasure, DriftTest } from '../drift/drift.ts';
import { stepName } from './step-name.ts';

const familyWords = {
  inputs: 'the images',
  counts: 'what is found',
  confidence: 'how surely',
  heat: 'where the heat lies',
  labels: 'what people labeled, and the heat in it',
} as const;

/** Whether the images changed: the pixels first, then what is found, how surely, and where the heat lies. */
export function driftSection({ runs, steps }: Comparison): Html | undefined {
  const shown = steps.filter(({ drift }) => drift !== undefined);
  if (shown.length === 0) return undefined;
  const parts = [...shown].reverse().map((step, i) => {
    const body = stepDrift(step);
    const name = stepName(runs, step);
    if (i === 0) return html`<h3>${name}</h3>${body}`;
    return html`<details><summary>${name}</summary>${body}</details>`;
  });
  return html`<section id="drift" aria-labelledby="drift-title"><div class="wrap wide compared-tables"><h2 id="drift-title">Drift</h2><p class="lead">Whether the images of the latter run are unlike those of the former: their pixels first, then what the model makes of them. Images that both hold are tested in pairs, new ones against all of the former; over all tests together, chance alone raises an alarm in 5 of 100 comparisons.</p>${parts}</div></section>`;
}

function stepDrift({ drift }: ComparisonStep): Html | false {
  if (drift === undefined) return false;
  const { families, notes, measures, shared } = drift;
  const drifted = measures.filter((one) => one.drifted);
  const calm = measures.filter((one) => !one.drifted);
  const counts = `${counted(drift.current.distinct, 'distinct image')} against ${wholeNumber(drift.baseline.distinct)}; ${wholeNumber(shared)} in both, ${wholeNumber(drift.new)} new.`;
  return html`<ul class="headlines">${families.map(familyLine)}</ul><p class="small below">${counts}${notes.map((note) => ` ${note}`)}</p>${drifted.length > 0 && html`${table(drifted, 'Measures that drifted')}`}${calm.length > 0 && html`<details><summary>${counted(calm.length, 'measure')} without drift</summary>${table(calm, 'Measures without drift')}</details>`}`;
}

function familyLine({ family, verdict, drifted, measures }: Drift['families'][number]): Html {
  const tone = verdict === 'drift' ? 'look' : verdict === 'no drift' ? 'fine' : 'note';
  const count =
    verdict === 'drift' ? `, ${wholeNumber(drifted)} of ${counted(measures, 'measure')}` : '';
  return html`<li>${mark(tone)}<span>${capital(familyWords[family])}: <b>${verdict}</b>${count}</span></li>`;
}

function table(measures: readonly DriftMeasure[], label: string): Html {
  return html`<div class="panel scroll" tabindex="0" role="region" aria-label="${label}"><table class="sortable"><thead><tr><th scope="col">Measure</th><th scope="col" class="number">Median</th><th scope="col" class="number">5 to 95 %</th><th scope="col" class="number">Effect</th><th scope="col" class="number">p, adjusted</th><th scope="col" class="number">PSI</th><th scope="col">Test</th></tr></thead><tbody>${measures.map(row)}</tbody></table></div>`;
}

function row({ words, sentence, tests }: DriftMeasure): Html {
  const [first] = [...tests].sort((a, b) => a.adjusted - b.adjusted);
  if (first === undefined) return html``;
  const [before, now] = first.quantiles;
  const range = ([low, , high]: readonly [number, number, number]) =>
    `${twoDigits(low)} to ${twoDigits(high)}`;
  const { psi, effect, adjusted } = first;
  return html`<tr><th scope="row">${words}${sentence !== undefined && html`<span class="small"> ${sentence.replace(/:.*$/s, '').replace(`${words} `, '')}</span>`}</th><td class="number" data-value="${now[1]}">${twoDigits(before[1])} \u2192 ${twoDigits(now[1])}</td><td class="number" data-value="${now[2]}">${range(before)}<span class="small">${range(now)}</span></td><td class="number" data-value="${effect}">${twoDigits(effect)}</td><td class="number" data-value="${adjusted}">${probability(adjusted)}</td><td class="number" data-value="${psi?.value ?? -1}">${psi ? html`${twoDigits(psi.value)}<span class="small">chance up to ${twoDigits(psi.limit)}</span>` : ''}</td><td>${testWords(first)}</td></tr>`;
}

function probability(p: number): string {
  return p < 0.0001 ? 'under 0.0001' : twoDigits(p);
}

function testWords({ test, of, units }: DriftTest): string {
  const unit = test === 'welch' || test === 'paired-t' ? 'group' : 'image';
  const pairs =
    of === 'shared'
      ? `${counted(units[1], unit)} of both`
      : `${wholeNumber(units[0])} and ${counted(units[1], unit)}`;
  return `${test.replace('kolmogorov-smirnov', 'Kolmogorov-Smirnov')}, ${pairs}`;
}
