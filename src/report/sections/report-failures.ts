import { type Html, html } from '../html/html.ts';
import { mark } from '../html/marks.ts';
import { missingShardsOf } from '../summary/missing-shards.ts';
import type { ReasonSummary, Summary } from '../summary/summary-schema.ts';
import { unreadableWords } from '../summary/unreadable-words.ts';
import { remedyOf, statusWords } from '../words/status-words.ts';
import { counted, wholeNumber } from '../words/wording.ts';

const mostReasons = 100;
const keysShown = 3;

/** Failures by reason with remedy and a few names; "No image failed." when there are none. `out` is the URI of the results. */
export function failuresSection(summary: Summary, out: string): Html {
  const { failures, failedShards, unreadable } = summary;
  const none = failures.length === 0 && failedShards.length === 0 && unreadable === undefined;
  return html`<section id="failures" aria-labelledby="failures-title"><div class="wrap"><h2 id="failures-title">Failures</h2>${none ? html`<p>${mark('fine')} No image failed.</p>` : [missingShards(summary, out), unreadableRows(summary), reasonTable(summary)]}${remarksTable(summary)}</div></section>`;
}

function missingShards(summary: Summary, out: string): Html | undefined {
  const missing = missingShardsOf(summary, out);
  if (missing === undefined) return undefined;
  const { shown, rest, retry } = missing;
  return html`<p class="lead">${mark('problem')} The results of ${counted(summary.failedShards.length, 'shard')} are missing; no number here includes them. Retry them with <code>${retry}</code>.</p>
<ul>${shown.map(({ shard, reason }) => html`<li>Shard ${shard}: <bdi>${reason}</bdi></li>`)}${rest !== undefined && html`<li>${rest}</li>`}</ul>`;
}

function unreadableRows(summary: Summary): Html | undefined {
  const words = unreadableWords(summary);
  if (words === undefined) return undefined;
  return html`<p class="lead">${mark('problem')} ${words.sentence}</p><ul>${words.places.map((place) => html`<li><bdi>${place}</bdi></li>`)}</ul>`;
}

function reasonTable({ failures, counts }: Summary): Html | undefined {
  if (failures.length === 0) return undefined;
  const hidden = failures.length - mostReasons;
  return html`<p class="lead">${wholeNumber(counts.failed)} of ${counted(counts.images, 'image')} failed. Each has a line in <code>failures.jsonl</code>, beside this report.</p>
<div class="panel scroll" tabindex="0" role="region" aria-label="Failures by reason"><table><thead><tr><th scope="col">Reason</th><th scope="col" class="number">Images</th><th scope="col">What to do</th><th scope="col">Examples</th></tr></thead><tbody>${failures.slice(0, mostReasons).map(reasonRow)}</tbody></table></div>${hidden > 0 && html`<p class="small">${counted(hidden, 'more reason')} in <code>failures.jsonl</code>.</p>`}`;
}

/** Remarks on images that were explained. */
function remarksTable({ remarks = [] }: Summary): Html | undefined {
  if (remarks.length === 0) return undefined;
  const rows = remarks
    .slice(0, mostReasons)
    .map(
      ({ reason, count, keys }) =>
        html`<tr><th scope="row">${reason}</th><td class="number">${wholeNumber(count)}</td><td>${keys.slice(0, keysShown).map((key) => html`<div class="key"><bdi>${key}</bdi></div>`)}</td></tr>`,
    );
  return html`<h3>Remarks</h3><p>About images that were explained.</p>
<div class="panel scroll" tabindex="0" role="region" aria-label="Remarks"><table><thead><tr><th scope="col">Remark</th><th scope="col" class="number">Images</th><th scope="col">Examples</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function reasonRow({ reason, status, count, keys }: ReasonSummary): Html {
  const { meaning } = statusWords(status);
  return html`<tr><th scope="row"><span class="flag-name">${mark('problem')}<span>${reason}<br><span class="small">${meaning}</span></span></span></th><td class="number">${wholeNumber(count)}</td><td>${remedyOf(status, reason)}</td><td>${keys.slice(0, keysShown).map((key) => html`<div class="key"><bdi>${key}</bdi></div>`)}</td></tr>`;
}
