import { type Html, html } from '../../report/html/html.ts';
import { counted, wholeNumber } from '../../report/words/wording.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import type { Comparison, ComparisonStep } from '../compare/comparison.ts';
import { comparisonCommand } from './comparison-command.ts';
import { stepName } from './step-name.ts';

/** Which runs, how their images meet, what stands against comparing them, and how the numbers come about. */
export function methodSection(comparison: Comparison): Html {
  const { runs, steps } = comparison;
  const rows = runs.map(
    ({ label, model, dataset, explained, failed, evaluation, out, runId }) =>
      html`<tr><th scope="row">${label}</th><td>${model.name}<span class="small">sha256 ${model.sha256.slice(0, 12)}, conf ${model.confThreshold}</span></td><td>${dataset.name}<span class="small">${dataset.source}</span></td><td class="number">${wholeNumber(explained)}${failed > 0 && html`<span class="small">${wholeNumber(failed)} failed</span>`}</td><td>${evaluation ? `${counted(evaluation.labeledObjects, 'labeled object')} in ${counted(evaluation.groups, 'group')}` : 'not evaluated'}</td><td><code>${placeOf(out)}/${runId}</code></td></tr>`,
  );
  return html`<section id="method" aria-labelledby="method-title"><div class="wrap wide"><h2 id="method-title">Method and limits</h2>
<div class="panel scroll" tabindex="0" role="region" aria-label="Runs"><table class="facts-table"><thead><tr><th scope="col">Run</th><th scope="col">Model</th><th scope="col">Dataset</th><th scope="col" class="number">Images</th><th scope="col">Labels</th><th scope="col">Place</th></tr></thead><tbody>${rows}</tbody></table></div>
<div class="columns below"><div class="prose"><h3>How images meet</h3><ul>${steps.map((step) => html`<li><b>${stepName(runs, step)}</b>: ${imageWords(step)}</li>`)}</ul><p>Images meet by name. A picture is the same where its etag is, or else its size and what was measured of its pixels. Only the same pictures are compared image by image; where most have other pixels under the same name, those are.</p></div>
<div class="prose"><h3>How numbers come about</h3><p>Differences are the latter run minus the former, with 95 % intervals by bootstrap-t over groups of images (the jackknife for average precision, Woodruff's for medians). Below five groups there is none. They hold each by itself: of many, one in twenty misses.</p><p>A map shows where a layer's strongest shared pattern is active, not a class and not a cause. Heat in the model's own boxes is agreement with itself.</p></div></div>
${steps.flatMap(({ caveats }) => caveats).length > 0 && html`<ul class="prose below">${steps.flatMap(({ caveats }) => caveats).map((text) => html`<li>${text}</li>`)}</ul>`}
<p class="below small">To repeat it:</p><pre class="command copy"><code>${comparisonCommand(comparison)}</code></pre></div></section>`;
}

function imageWords({ images }: ComparisonStep): string {
  const { both, unchanged, changed, onlyFrom, onlyTo, compared } = images;
  return `${counted(both, 'image')} in both, ${wholeNumber(unchanged)} of them the same pictures, ${wholeNumber(changed)} with other pixels; ${wholeNumber(onlyFrom)} in the former only, ${wholeNumber(onlyTo)} in the latter only; ${counted(compared, 'pair')} compared.`;
}
