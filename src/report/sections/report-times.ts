import { type Html, html } from '../html/html.ts';
import type { Summary } from '../summary/summary-schema.ts';
import { duration, percent } from '../words/wording.ts';

const stageWords: Readonly<Record<string, string>> = {
  fetch: 'fetch',
  decode: 'decode',
  letterbox: 'resize',
  infer: 'model and components',
  measure: 'maps and measures',
  overlay: 'overlay pictures',
  write: 'write results',
  evaluate: 'compare with the labels',
};

/** The work of each stage as one stacked bar with its numbers; `undefined` when none was measured. */
export function stageTimes({ timings, counts }: Summary): Html | undefined {
  const stages = Object.entries(timings.stagesMs)
    .filter(([, ms]) => ms > 0)
    .map(([stage, ms]) => ({ name: stageWords[stage] ?? stage, ms }))
    .sort((a, b) => b.ms - a.ms);
  const total = stages.reduce((sum, { ms }) => sum + ms, 0);
  const [longest] = stages;
  if (longest === undefined || counts.images === 0) return undefined;
  return html`<figure class="chart panel${stages.length > 4 && ' tall'}" id="time"><h3>Most work: ${longest.name}, ${percent(longest.ms / total)}</h3><p class="small">Work of each stage, per image; stages overlap, so their sum can exceed the wall time (${duration(timings.wallMs)}).</p><div class="stages" aria-hidden="true">${stages.map(({ ms }) => html`<i style="width:${((ms / total) * 100).toFixed(2)}%"></i>`)}</div><table><tbody>${stages.map(
    ({ name, ms }) =>
      html`<tr><th scope="row">${name}</th><td class="number">${duration(ms / counts.images)}</td><td class="number">${percent(ms / total)}</td></tr>`,
  )}</tbody></table></figure>`;
}
