import { flagCatalog } from '../../shared/catalog/flag-catalog.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { type Html, html } from '../html/html.ts';
import { mark } from '../html/marks.ts';
import type { FlagSummary, Summary } from '../summary/summary-schema.ts';
import { measureWords } from '../words/unusual-words.ts';
import { counted, figure, listed, shareInTable, wholeNumber } from '../words/wording.ts';

/** Measures by which images differ, named in the table. */
const mostMeasures = 3;

/** Flags by count, with the meaning and the threshold of each; a zero stays, so that absence shows. */
export function flagsSection(summary: Summary, groups: ReadonlySet<string>): Html {
  const { explained, flagged } = summary.counts;
  const lead =
    flagged === 0
      ? 'No image was flagged. The rules below were applied to each.'
      : 'A flag says that an image deserves a look, not that something is wrong. An image can have several.';
  return html`<section id="flags" aria-labelledby="flags-title"><div class="wrap"><h2 id="flags-title">Images that deserve a look</h2><p class="lead">${lead}</p>
<div class="panel scroll" tabindex="0" role="region" aria-label="Flags"><table class="stacked"><thead><tr><th scope="col">Flag</th><th scope="col">Images</th><th scope="col">What it means, and the rule</th></tr></thead><tbody>${flagsOf(
    summary,
  ).map((flag) =>
    flagRow({ ...flag, meaning: meaningOf(flag, summary) }, explained, groups.has(flag.flag)),
  )}</tbody></table></div></div></section>`;
}

/** Without boxes, rules about boxes do not apply. */
function flagsOf({ flags, model }: Summary): readonly FlagSummary[] {
  if (traitsOf(model.task).findsObjects) return flags;
  return flags.filter(({ flag }) => flag !== 'off-object' && flag !== 'no-detection');
}

/** An outlier also by what it differs. */
function meaningOf({ flag, meaning }: FlagSummary, { outliers }: Summary): string {
  const raised = (outliers?.measures ?? []).filter(({ images }) => images > 0);
  if (flag !== 'outlier' || raised.length === 0) return meaning;
  const shown = raised.slice(0, mostMeasures).map(({ measure, usual, low, high, images }) => {
    const range = `${figure(usual)} is usual, ${figure(low)} to ${figure(high)} nothing special`;
    return `${measureWords(measure)} in ${wholeNumber(images)} (${range})`;
  });
  const others = raised.length - shown.length;
  const all = others > 0 ? [...shown, counted(others, 'more measure')] : shown;
  return `${meaning} Here: ${listed(all)}.`;
}

function flagRow({ flag, count, rule, meaning }: FlagSummary, of: number, shown: boolean): Html {
  const { label, tone } = flagCatalog[flag];
  const name = shown
    ? html`<a class="flag-link" data-flag="${flag}" href="#gallery-${flag}">${label}</a>`
    : label;
  const share = of === 0 ? 'not measured' : shareInTable(count, of);
  const words = of < 100 || count === 0 ? share : `${wholeNumber(count)} (${share})`;
  const head = html`<th scope="row"><span class="flag-name">${mark(count === 0 ? 'note' : tone)}<span>${name}</span></span></th>`;
  if (count === 0) {
    return html`<tr class="none">${head}<td class="share">${words}</td><td>Rule: ${rule}.</td></tr>`;
  }
  const width = Number(((count / of) * 100).toFixed(2));
  return html`<tr class="some">${head}<td class="share">${words}<span class="meter"><i style="width:${width}%"></i></span></td><td>${meaning} <span class="small">Rule: ${rule}.</span></td></tr>`;
}
