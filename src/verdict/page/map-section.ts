import { type Html, html } from '../../report/html/html.ts';
import { swatch } from '../../report/html/swatch.ts';
import { capital, counted, mapWords, twoDigits, wholeNumber } from '../../report/words/wording.ts';
import type { Comparison, ComparisonStep } from '../compare/comparison.ts';
import type { EvidenceSimilarity } from '../compare/maps/evidence-similarities.ts';
import type { LayerSimilarity } from '../compare/maps/layer-similarity.ts';
import { stepName } from './step-name.ts';

const mostClasses = 30;

/** How alike the maps of the same images are, layer by layer. */
export function mapSection({ runs, steps }: Comparison): Html | undefined {
  const shown = steps.filter(({ maps }) => maps !== undefined && maps.layers.length > 0);
  if (shown.length === 0) return undefined;
  const parts = [...shown].reverse().map((step, i) => {
    const table = mapTable(step);
    const name = stepName(runs, step);
    if (i === 0) return html`<h3>${name}</h3>${table}`;
    return html`<details><summary>${name}</summary>${table}</details>`;
  });
  return html`<section id="maps" aria-labelledby="maps-title"><div class="wrap compared-tables"><h2 id="maps-title">Maps</h2><p class="lead">The maps of the same images in both runs. Likeness is the correlation over the cells of the picture, without its sign for the component of a layer, which is a convention; where a component nearly ties with the next one, that of their spans. 1: the same map, 0: unrelated. A new training turns components, so a low likeness is not a fault.</p>${parts}</div></section>`;
}

function mapTable({ maps, evidence }: ComparisonStep): Html | false {
  if (maps === undefined || maps.layers.length === 0) return false;
  const { images, of, layers } = maps;
  const classes = evidence.length > 0 && evidenceTable(evidence);
  const which =
    images === of
      ? `All ${counted(images, 'image')}.`
      : `${wholeNumber(images)} of ${counted(of, 'image')}, chosen by the hash of their names.`;
  const unknown = layers.some(({ tiesUnknown }) => tiesUnknown)
    ? ' The runs stored one component a layer, so near ties are not known: --components 1-3 would tell.'
    : '';
  return html`<div class="panel scroll" tabindex="0" role="region" aria-label="Likeness of the maps"><table><thead><tr><th scope="col">Map</th><th scope="col" class="number">Likeness, median</th><th scope="col" class="number">5 to 95 % of the images</th><th scope="col" class="number">Linear CKA</th><th scope="col" class="number">Sign swapped</th><th scope="col" class="number">By span</th></tr></thead><tbody>${layers.map(row)}</tbody></table></div><p class="small below">${which}${unknown} Linear CKA: whether images that look alike in the maps of one run look alike in those of the other, whatever the sign.</p>${classes}`;
}

function row({ map, similarity, cka, swapped, spans }: LayerSimilarity): Html {
  const { n, p5, median, p95 } = similarity;
  const isFused = map === 'fused';
  const part = (count: number) => (isFused ? '' : `${wholeNumber(count)} of ${wholeNumber(n)}`);
  return html`<tr><th scope="row">${capital(mapWords(map))}</th><td class="number">${twoDigits(median)}</td><td class="number">${twoDigits(p5)} to ${twoDigits(p95)}</td><td class="number">${cka === undefined ? '' : twoDigits(cka)}</td><td class="number">${part(swapped)}</td><td class="number">${part(spans)}</td></tr>`;
}

/** Evidence is of a class, so these rows are, too. */
function evidenceTable(evidence: readonly EvidenceSimilarity[]): Html {
  const rows = evidence
    .slice(0, mostClasses)
    .map(
      ({ name, classId, similarity: { n, p5, median, p95 }, otherGrid }) =>
        html`<tr><th scope="row"><span${swatch(classId)}><bdi>${name}</bdi></span></th><td class="number" data-value="${n}">${wholeNumber(n)}</td><td class="number" data-value="${median}">${twoDigits(median)}</td><td class="number" data-value="${p5}">${twoDigits(p5)} to ${twoDigits(p95)}</td><td class="number" data-value="${otherGrid}">${wholeNumber(otherGrid)}</td></tr>`,
    );
  return html`<h3>Class evidence</h3><p class="small">Where the model scores a class, in images in which both runs have a map of it: correlation over the cells of the picture.</p><div class="panel scroll" tabindex="0" role="region" aria-label="Likeness of class evidence"><table class="sortable"><thead><tr><th scope="col">Class</th><th scope="col" class="number">Images</th><th scope="col" class="number">Correlation, median</th><th scope="col" class="number">5 to 95 % of the images</th><th scope="col" class="number">On another layer now</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
