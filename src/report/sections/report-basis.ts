import { type BasisLayer, heldShare } from '../../shared/basis/basis-description.ts';
import { groupWords } from '../../shared/basis/group-words.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { type Html, html } from '../html/html.ts';
import { counted, figure, mapWords, percent } from '../words/wording.ts';

/** Where the components of this run come from: the scree curve of each layer's basis, and what nearly ties; `undefined` where each image has its own. */
export function basisSection({ basis }: RunSpec): Html | undefined {
  if (basis === undefined) return undefined;
  const { dataset, layers } = basis;
  return html`<section id="basis" aria-labelledby="basis-title"><div class="wrap"><h2 id="basis-title">Basis</h2><p class="lead">Components are those of ${counted(dataset.images, 'image')} of ${dataset.name}, fitted once: component 2 is the same direction in every picture here. They are the dominant directions of those images, not classes.</p>
<div class="charts">${layers.map(layerChart)}</div></div></section>`;
}

function layerChart(layer: BasisLayer): Html {
  const name = mapWords(layer.name);
  const held = `${layer.components} of ${layer.channels} components hold ${percent(heldShare(layer))}`;
  return html`<figure class="chart panel tall"><h3>${name}: ${held}</h3><p class="small">Share of the variance by component, over all cells of the fitted images; pale: not kept${groupWords(layer)}.</p>${screeChart(layer, `${name}: ${held} of the variance`)}${componentTable(layer)}</figure>`;
}

const width = 330;
const base = 120;

function screeChart({ eigenvalues, totalVariance, components }: BasisLayer, name: string): Html {
  const [largest = 1] = eigenvalues;
  const step = width / eigenvalues.length;
  const bar = (value: number, i: number): string => {
    const [left, right] = [i * step + 1, (i + 1) * step - 1];
    return `M${left.toFixed(1)} ${base}V${(base - (100 * value) / largest).toFixed(1)}H${right.toFixed(1)}V${base}z`;
  };
  const bars = eigenvalues.map(bar);
  return html`<svg viewBox="0 0 ${width} 140" role="img" aria-label="${name}"><path class="bars" fill="#3f6fb5" d="${bars.slice(0, components).join('')}"/><path class="bars" fill="#3f6fb5" fill-opacity="0.3" d="${bars.slice(components).join('')}"/><path class="axis" fill="none" stroke="#7a8494" d="M0 ${base}H${width}"/><text class="ink" x="${Math.min(step + 3, width / 2).toFixed(1)}" y="30">${percent(largest / totalVariance)}</text><text x="${(step / 2).toFixed(1)}" y="136" text-anchor="middle">1</text><text x="${(width - step / 2).toFixed(1)}" y="136" text-anchor="middle">${eigenvalues.length}</text></svg>`;
}

/** Groups with the angle by which their span turns from one half of the images to the other. */
function componentTable(layer: BasisLayer): Html {
  const { groups, components, eigenvalues, totalVariance, splitAngles } = layer;
  const rows = groups.flatMap((group, index) => {
    const [first = 0] = group;
    if (first > components) return [];
    const last = group.at(-1) ?? first;
    const share = eigenvalues.slice(first - 1, last).reduce((sum, value) => sum + value, 0);
    const named = first === last ? String(first) : `${first} to ${last}, one group`;
    return [
      html`<tr><th scope="row">${named}</th><td class="number">${percent(share / totalVariance)}</td><td class="number">${figure(splitAngles[index] ?? 90)}°</td></tr>`,
    ];
  });
  return html`<details><summary>As a table</summary><table><thead><tr><th scope="col">Component</th><th scope="col" class="number">Variance</th><th scope="col" class="number">Turns from half to half</th></tr></thead><tbody>${rows}</tbody></table></details>`;
}
