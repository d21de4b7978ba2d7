import { classColorHex } from '../../shared/catalog/class-color.ts';
import { mapColumn } from '../../shared/catalog/measure-column.ts';
import type { ClassMean } from '../gallery/class-means.ts';
import { dataUri } from '../gallery/data-uri.ts';
import { grayPng } from '../html/gray-png.ts';
import { type Html, html } from '../html/html.ts';
import { swatch } from '../html/swatch.ts';
import type { ClassSummary, MeanMap, Summary } from '../summary/summary-schema.ts';
import { shortClassName } from '../words/class-words.ts';
import { capital, counted, mapWords } from '../words/wording.ts';

const mostClasses = 12;
/** Below this many, a mean says little. */
const few = 10;

/** Mean maps: where heat goes over the whole dataset, and around the boxes of each class. */
export function whereSection(
  summary: Summary,
  classMeans: readonly ClassMean[] = [],
): Html | undefined {
  const maps = Object.entries(summary.meanMaps);
  if (maps.length === 0) return undefined;
  const top = Math.max(1, ...maps.flatMap(([, map]) => map.thousandths.map((value) => value ?? 0)));
  return html`<section id="where" aria-labelledby="where-title"><div class="wrap"><h2 id="where-title">Where the heat goes</h2>
<p class="lead">The average of all maps, each stretched to one frame. A layer's map is the strongest shared pattern of its activity (Eigen-CAM), not a class. The cross is the typical center of the heat.</p>
<div class="mean-maps">${maps.map(([name, map]) => meanFigure(summary, name, map, top))}</div>
<p class="legend below"><span>0</span><i></i><span>${(top / 1000).toFixed(2)} of an image's own peak; one scale for all ${maps.length} maps; frame 32 x 32</span></p>
${meansOfClasses(summary, classMeans)}${classMaps(summary.classes)}</div></section>`;
}

function meanFigure(summary: Summary, name: string, map: MeanMap, top: number): Html {
  const x = summary.measures[mapColumn('centerX', name)]?.quantiles.p50;
  const y = summary.measures[mapColumn('centerY', name)]?.quantiles.p50;
  const title = name === 'fused' ? 'All layers fused' : capital(mapWords(name));
  const place =
    x === undefined || y === undefined
      ? ''
      : `, centered ${Math.round(x * 100)} % across and ${Math.round(y * 100)} % down`;
  const cross =
    x === undefined || y === undefined
      ? undefined
      : crossAt(x * 100 * summary.aspectRatio, y * 100, summary.aspectRatio);
  return html`<figure><div class="mean" style="aspect-ratio:${summary.aspectRatio}">${picture(map, 0, top, `Average heat of ${mapWords(name)}${place}.`)}${cross}</div><figcaption><b>${title}</b>Mean of ${counted(map.n, 'image')}</figcaption></figure>`;
}

function crossAt(x: number, y: number, aspect: number): Html {
  const path = `M${x.toFixed(1)} ${(y - 4).toFixed(1)}v8M${(x - 4).toFixed(1)} ${y.toFixed(1)}h8`;
  return html`<svg viewBox="0 0 ${(100 * aspect).toFixed(1)} 100" aria-hidden="true"><path class="under" fill="none" d="${path}"/><path class="over" fill="none" stroke="#fff" d="${path}"/></svg>`;
}

/** Values from `low` to `high`, in thousandths, over the whole range of gray. */
function picture(
  { thousandths, width, height }: MeanMap,
  low: number,
  high: number,
  alt: string,
): Html {
  const span = Math.max(1, high - low);
  const scaled = thousandths.map((value) => ((value ?? low) - low) / span);
  if (scaled.every((value) => value === 0)) {
    return html`<span class="degenerate" role="img" aria-label="${alt}"><span>degenerate: no heat stands out</span></span>`;
  }
  return html`<img alt="${alt}" src="${dataUri('image/png', grayPng(scaled, width, height))}">`;
}

function meansOfClasses(summary: Summary, means: readonly ClassMean[]): Html | undefined {
  const [first] = means;
  if (first === undefined) return undefined;
  return html`<h3 class="part">Where the model scores each class</h3>
<p class="lead">The average of class evidence, each image over its own greatest value: of ${counted(first.drawn, 'image')} drawn evenly, those that have the class. The same place in every image would be bright here: then ask whether the model knows the class by its place. Each class on its own scale; no component of a layer has a part in it.</p>
<div class="mean-maps small-maps">${means.map((one) => classMean(summary, one))}</div>`;
}

function classMean({ classes, aspectRatio }: Summary, { classId, map }: ClassMean): Html {
  const name = classes.find((one) => one.classId === classId)?.name ?? '';
  const title = shortClassName({ classId, name });
  const [low, high] = rangeOf(map);
  return html`<figure><div class="mean" style="aspect-ratio:${aspectRatio}">${picture(map, low, high, `Average evidence of ${title} over the image.`)}</div><figcaption><b${swatch(classId)}><bdi>${title}</bdi></b>Mean of ${counted(map.n, 'image')}${map.n < few ? ': few' : ''}; ${rangeWords(low, high)}</figcaption></figure>`;
}

function rangeOf({ thousandths }: MeanMap): readonly [low: number, high: number] {
  const values = thousandths.filter((value) => value !== null);
  return [Math.min(...values), Math.max(...values)];
}

function rangeWords(low: number, high: number): string {
  return `${(low / 1000).toFixed(2)} to ${(high / 1000).toFixed(2)}`;
}

function classMaps(classes: readonly ClassSummary[]): Html | undefined {
  const shown = classes
    .filter(({ evidence }) => evidence?.boxMap !== undefined)
    .slice(0, mostClasses);
  if (shown.length === 0) return undefined;
  return html`<h3 class="part">Around the boxes of each class</h3>
<p class="lead">Every box enlarged 2 times and resized to one frame; the line in the color of the class is the box. This is the average place of what the model's scores say of the class around such boxes (class evidence), not the picture of an object, and no component of a layer. Each class on its own scale.</p>
<div class="mean-maps small-maps">${shown.map(classFigure)}</div>`;
}

function classFigure(one: ClassSummary): Html {
  const map = one.evidence?.boxMap;
  if (map === undefined) return html``;
  const [low, high] = rangeOf(map);
  const hint = map.n < few ? ': few' : '';
  return html`<figure><div class="mean" style="aspect-ratio:1">${picture(map, low, high, `Average evidence around the boxes of ${shortClassName(one)}.`)}<svg viewBox="0 0 100 100" aria-hidden="true"><path class="under" fill="none" d="M25 25h50v50h-50z"/><path class="over" fill="none" stroke="${classColorHex(one.classId)}" d="M25 25h50v50h-50z"/></svg></div><figcaption><b${swatch(one.classId)}><bdi>${shortClassName(one)}</bdi></b>Mean of ${counted(map.n, 'box', 'boxes')}${hint}; ${rangeWords(low, high)}</figcaption></figure>`;
}
