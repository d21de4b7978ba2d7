import type { GridMap } from '../../maps/content-cells.ts';
import { columnSpan, contentCells, rowSpan } from '../../maps/content-cells.ts';
import { frameMap, planFrame } from '../../maps/frame-map.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { peakWords } from '../gallery/card-maps.ts';
import { dataUri } from '../gallery/data-uri.ts';
import { galleryStyle } from '../gallery/gallery-style.ts';
import { drawObjects } from '../gallery/objects-drawing.ts';
import { encodeThumbnail } from '../gallery/thumbnail.ts';
import { grayPng } from '../html/gray-png.ts';
import { type Html, html } from '../html/html.ts';
import { colorFilters, colorRules } from '../html/map-colors.ts';
import { mark, markSymbols } from '../html/marks.ts';
import { pageHead } from '../html/page-head.ts';
import { pageStyle } from '../html/report-style.ts';
import { logo, themeSwitch } from '../render-report.ts';
import { counted, figure, percent } from '../words/wording.ts';
import { adviceStyle } from './advice-style.ts';
import {
  adviceCaveats,
  adviceTitle,
  columnLines,
  findingSentence,
  heatWords,
  isOfClass,
  type LayerAdvice,
  type RankedMap,
  rankedName,
  verdictSentences,
} from './layer-advice.ts';
import type { DecodedSheetImage, SheetRequest } from './sheet-image.ts';

interface AdvicePage extends Omit<SheetRequest, 'images'> {
  readonly images: readonly DecodedSheetImage[];
}

/** Renders advice.html: one file that loads nothing, without any script. Everything that comes from data is escaped. */
export async function renderAdvicePage(page: AdvicePage): Promise<string> {
  const { advice, columns, subtitle, images } = page;
  const title = adviceTitle(advice);
  const pictures = await Promise.all(images.map(pictureRules));
  const rules = [pageStyle, galleryStyle, colorRules(), adviceStyle].join('\n');
  const style = rules + pictures.map(ruleOf).join('');
  const head = pageHead({ title: `${title} - eigenfleet layers`, style, hasScript: false });
  return html`<!doctype html>
<html lang="en">${head}
<body><svg class="defs" width="0" height="0" aria-hidden="true"><defs>${markSymbols()}${colorFilters()}</defs></svg><a class="skip" href="#main">Skip to the ranking</a>
<header class="wrap top"><span class="brand">${logo()}eigenfleet layers</span><nav aria-label="Contents"><ul><li><a href="#sheet">Contact sheet</a></li><li><a href="#ranking">Ranking</a></li><li><a href="#limits">Limits</a></li></ul></nav>${themeSwitch()}</header>
<main id="main">${hero(advice, subtitle)}
${sheetSection(advice, columns, images)}
${rankingSection(advice)}
<section id="limits" aria-labelledby="limits-title"><div class="wrap"><h2 id="limits-title">Limits</h2><div class="prose">${adviceCaveats(advice).map((caveat) => html`<p>${caveat}</p>`)}<p>A map without heat counts as an even spread. Images without objects are left out.</p></div></div></section></main>
<footer><div class="wrap">Made by eigenfleet layers. The same numbers come with <code>--json</code>.</div></footer></body></html>
`.markup;
}

interface PictureRules {
  readonly photo: string;
  readonly objects: string;
}

/** Photo and outlines of an image stand once in the page, however many maps lie over them. */
async function pictureRules(image: DecodedSheetImage): Promise<PictureRules> {
  const { photo, geometry, detections, labeled } = image;
  const webp = await encodeThumbnail(photo, { side: 320, quality: 72 });
  const drawing = Buffer.from(drawObjects(detections, geometry, labeled));
  return { photo: dataUri('image/webp', webp), objects: dataUri('image/svg+xml', drawing) };
}

/** Only base64 goes into the rules. */
function ruleOf({ photo, objects }: PictureRules, i: number): string {
  return `.row-${i} .under{background-image:url(${photo})}.row-${i} .outlines{background-image:url(${objects})}`;
}

function hero(advice: LayerAdvice, subtitle: string): Html {
  const { images, objects, command } = advice;
  return html`<div class="hero"><div class="wrap"><p class="eyebrow"><span>${subtitle}</span><span>${counted(images.measured, 'image')} of ${images.listed}</span>${!isOfClass(advice) && html`<span>${counted(objects, 'object')}</span>`}</p><h1 class="long">${adviceTitle(advice)}</h1>
<ul class="headlines"><li>${mark('note')}<span>${findingSentence(advice)}</span></li>${verdictSentences(advice).map((sentence) => html`<li>${mark('note')}<span>${sentence}</span></li>`)}<li>${mark('look')}<span>${isOfClass(advice) ? 'Agreement with the class activation' : 'Heat in objects'} is not correctness. <a href="#limits">What this does not say</a></span></li></ul>
<p class="below small">To use it:</p><pre class="command"><code>${command}</code></pre></div></div>`;
}

function sheetSection(
  { ranked }: LayerAdvice,
  columns: readonly RankedMap[],
  images: readonly DecodedSheetImage[],
): Html | false {
  if (images.length === 0) return false;
  return html`<section id="sheet" aria-labelledby="sheet-title"><div class="wrap wide"><h2 id="sheet-title">Contact sheet</h2><p class="lead">All layers and the best fusions, best first. Each map runs from its own lowest to its own highest value. <span class="legend">low <i></i> high</span></p>
<div class="scroll" tabindex="0" role="region" aria-label="Contact sheet"><table class="sheet"><thead><tr><th scope="col">Image</th>${columns.map((one) => html`<th scope="col">${columnLines(one, ranked.indexOf(one)).map((line, i) => (i === 0 ? html`<b>${line}</b>` : html`<span>${line}</span>`))}</th>`)}</tr></thead><tbody>${images.map((image, i) => rowOf(image, columns, i))}</tbody></table></div></div></section>`;
}

function rowOf(image: DecodedSheetImage, columns: readonly RankedMap[], row: number): Html {
  const { key, geometry, detections, labeled } = image;
  const objects = counted(detections.length + labeled.length, 'object');
  const place = `aspect-ratio:${geometry.width}/${geometry.height}`;
  return html`<tr class="row-${row}"><th scope="row"><div class="cell color" style="${place}" role="img" aria-label="${key}, ${objects} in outlines"><i class="under"></i><i class="outlines"></i></div><span class="name">${key}</span></th>${columns.map((column, c) => mapCell(image, column, c))}</tr>`;
}

function mapCell(image: DecodedSheetImage, column: RankedMap, index: number): Html {
  const { key, geometry, maps } = image;
  const map = maps[index];
  const place = `aspect-ratio:${geometry.width}/${geometry.height}`;
  const drawn = map && mapOf(map, geometry, `${rankedName(column)} on ${key}`);
  return html`<td><div class="cell" style="${place}"><i class="under"></i>${drawn}<i class="outlines"></i></div></td>`;
}

/** Cells of the longer side: a map is shown 144 pixels wide. */
const shownCells = 64;

function mapOf(map: GridMap, geometry: LetterboxGeometry, of: string): Html {
  const cells = contentCells(geometry, map);
  const scale = shownCells / Math.max(geometry.width, geometry.height);
  const width = Math.max(1, Math.round(geometry.width * scale));
  const height = Math.max(1, Math.round(geometry.height * scale));
  const across = columnSpan(cells, 0, geometry.width);
  const down = rowSpan(cells, 0, geometry.height);
  const values = frameMap(map.map, planFrame(cells, { across, down, width, height }));
  if (!values.some((value) => value > 0)) {
    return html`<span class="map degenerate" role="img" aria-label="Degenerate map of ${of}"></span>`;
  }
  const alt = `Heat of ${of}: hottest ${peakWords({ values, width, height })}`;
  return html`<img class="map" alt="${alt}" src="${dataUri('image/png', grayPng(values, width, height))}">`;
}

function rankingSection(advice: LayerAdvice): Html {
  const { ranked, images } = advice;
  const rows = ranked.map((one, i) => rankRow(one, i, advice));
  return html`<section id="ranking" aria-labelledby="ranking-title"><div class="wrap"><h2 id="ranking-title">Ranking</h2><p class="lead">Share of the attainable: (E - a) / (1 - a), ${meaningOf(advice)} Means of ${counted(images.measured, 'image')}, with intervals that hold for 95 % of such samples.</p>
<div class="panel scroll"><table class="stacked"><thead><tr><th scope="col">Layers</th><th scope="col" class="number">Of the attainable</th><th scope="col">More</th></tr></thead><tbody>${rows}</tbody></table></div></div></section>`;
}

function meaningOf(advice: LayerAdvice): string {
  const area = percent(advice.area);
  return isOfClass(advice)
    ? `where E is the mean of the class activation over the heat and a its mean over the area, both over its peak, here ${area}. 0 is an even spread, 1 all heat at the peak.`
    : `where E is the share of heat inside the objects and a the share of the area that they cover, here ${area}. 0 is an even spread, 1 all heat inside.`;
}

function rankRow(one: RankedMap, index: number, advice: LayerAdvice): Html {
  const { images } = advice;
  const { attainable, interval, energy, degenerate, isDefault, couldBeBest } = one;
  const notes = [
    ...(interval ? [`${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}`] : []),
    isOfClass(advice) ? heatWords(advice, one) : `${percent(energy)} of the heat inside`,
    ...(isDefault ? ['default'] : []),
    ...(couldBeBest && index > 0 ? ['may be as good as the first'] : []),
    ...(degenerate > 0 ? [`degenerate on ${degenerate} of ${images.measured}`] : []),
  ];
  return html`<tr><th scope="row">${index + 1}. ${rankedName(one)}</th><td class="number">${attainable.toFixed(2)}<span class="meter" aria-hidden="true"><i style="width:${figure(Math.max(0, attainable) * 100)}%"></i></span></td><td>${notes.join('; ')}</td></tr>`;
}
