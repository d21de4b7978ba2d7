import { type Html, html } from '../../report/html/html.ts';
import { counted, wholeNumber } from '../../report/words/wording.ts';
import type { LiveWorker } from '../../shared/queue/live-worker.ts';

/** The workers that are alive, by name. */
export function workersPart(workers: readonly LiveWorker[]): Html {
  const heading = html`<h2 class="part">Workers</h2>`;
  if (workers.length === 0) {
    return html`${heading}<p class="lead">None is alive: start one with eigenfleet worker.</p>`;
  }
  return html`${heading}<p class="lead">${counted(workers.length, 'worker')} alive.</p><div class="panel scroll" tabindex="0" role="region" aria-label="Workers"><table><thead><tr><th scope="col">Worker</th><th scope="col">Device</th><th scope="col" class="number">Images</th><th scope="col">Since</th></tr></thead><tbody>${workers.map(row)}</tbody></table></div>`;
}

function row({ worker, device, images, startedAt }: LiveWorker): Html {
  return html`<tr><th scope="row"><bdi>${worker}</bdi></th><td><bdi>${device}</bdi></td><td class="number">${wholeNumber(images)}</td><td><time datetime="${startedAt}">${startedAt.slice(0, 16).replace('T', ' ')} UTC</time></td></tr>`;
}
