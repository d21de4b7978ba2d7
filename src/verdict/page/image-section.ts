import { type PictureMap, peakWords } from '../../report/gallery/card-maps.ts';
import { dataUri } from '../../report/gallery/data-uri.ts';
import { drawObjects } from '../../report/gallery/objects-drawing.ts';
import { grayPng } from '../../report/html/gray-png.ts';
import { type Html, html } from '../../report/html/html.ts';
import { colorMapWords } from '../../report/html/map-colors.ts';
import { radios } from '../../report/html/radios.ts';
import { baseName, counted, mapWords } from '../../report/words/wording.ts';
import { colorMaps } from '../../shared/run/run-spec.ts';
import type { Comparison } from '../compare/comparison.ts';
import type { ComparedCard, ComparedImages, ComparedPanel } from './load-compared-images.ts';

/** Layers whose maps a card can switch to; more would make the page heavy. */
const mostMaps = 4;
/** Characters of a name that a card shows whole. */
const shortName = 36;

/** The images that changed most, each in all runs beside one another: photo, heat, objects, and labels in dashes. */
export function imageSection(comparison: Comparison, images: ComparedImages): Html | undefined {
  const groups = images.groups.filter(({ cards }) => cards.length > 0);
  if (groups.length === 0) return undefined;
  const names = mapNames(groups.flatMap(({ cards }) => cards));
  return html`<section id="images" aria-labelledby="images-title"><div class="wrap wide"><h2 id="images-title">Images that changed most</h2><p class="lead">Each image in every run, in the same order. Boxes are what the model found; dashes are labels. Each map runs from its own lowest to its own highest value.</p>
${names.length > 0 && controls(names)}${groups.map(({ id, title, rule, cards }) => html`<div class="group" id="images-${id}"><h3>${title}</h3><p class="small">${rule}</p><div class="cards compared" style="--runs:${comparison.runs.length}">${cards.map((card) => cardOf(card, comparison, names))}</div>${cards.length > 2 && html`<label class="more-switch"><input type="checkbox">Show all ${cards.length}</label>`}</div>`)}</div></section>`;
}

/** Of the maps that the cards have, fused first. */
export function mapNames(cards: readonly ComparedCard[]): string[] {
  const names = cards.flatMap(({ panels }) =>
    panels.flatMap((panel) => panel?.maps.map(({ name }) => name) ?? []),
  );
  return [...new Set(names)].slice(0, mostMaps);
}

function controls(names: readonly string[]): Html {
  const maps = [
    ...names.map((name, i) => ({
      id: `map-${i}`,
      label: name === 'fused' ? 'Fused' : mapWords(name).replace(/^layer /, 'Layer '),
    })),
    { id: 'map-none', label: 'Photo only' },
  ];
  const colors = colorMaps.map((name) => ({ id: `color-${name}`, label: colorMapWords[name] }));
  return html`<div class="controls">${radios('Map', 'map', maps)}${radios('Colors', 'color', colors)}<span class="legend"><span>low</span><i></i><span>high heat, each image to itself</span></span></div>`;
}

function cardOf(
  { key, words, panels }: ComparedCard,
  comparison: Comparison,
  names: readonly string[],
): Html {
  const labels = comparison.runs.map(({ label }) => label);
  const name = baseName(key);
  // A short name stands there whole.
  const whole =
    (key !== name || key.length > shortName) &&
    html`<details><summary>Whole name</summary><p class="key"><bdi>${key}</bdi></p></details>`;
  return html`<article class="card"><div class="panels">${panels.map((panel, i) => panelOf(panel, labels[i] ?? '', names))}</div><div class="card-body"><h4><bdi>${name}</bdi></h4><p>${words}</p><div class="card-foot">${whole}</div></div></article>`;
}

function panelOf(panel: ComparedPanel | undefined, label: string, names: readonly string[]): Html {
  if (panel === undefined) {
    return html`<figure><div class="none">not in this run</div><figcaption><b>${label}</b></figcaption></figure>`;
  }
  const { width, height, photo, detections, labels, reason, maps } = panel;
  const found = counted(detections.length, 'object');
  const labeled = labels.length > 0 ? `, ${labels.length} labeled` : '';
  const fused = maps[0];
  const peak = fused && !fused.isDegenerate ? `, hottest ${peakWords(fused)}` : '';
  const under = photo === undefined ? 'no photo' : `p${photo}`;
  const drawing = Buffer.from(drawObjects(detections, { width, height }, labels));
  return html`<figure><div class="frame" style="aspect-ratio:${width}/${height}"><div class="stage landscape" data-run="${label}" style="aspect-ratio:${width}/${height}"><i class="photo ${under}" role="img" aria-label="${label}: ${found}${peak}"></i>${names.map(
    (name, i) =>
      mapOf(
        maps.find((one) => one.name === name),
        i,
      ),
  )}<img class="boxes" alt="" src="${dataUri('image/svg+xml', drawing)}"></div></div><figcaption><b>${label}</b>${reason ?? `${found}${labeled}`}</figcaption></figure>`;
}

function mapOf(map: PictureMap | undefined, index: number): Html | false {
  if (map === undefined) return false;
  const { values, width, height, place, isDegenerate } = map;
  const title = map.name === 'fused' ? 'all layers fused' : mapWords(map.name);
  if (isDegenerate) {
    return html`<span class="map m${index} degenerate" data-title="${title}"><span>degenerate map</span></span>`;
  }
  const [left, top, across, down] = place.map((share) => `${Number((share * 100).toFixed(2))}%`);
  return html`<img class="map m${index}" data-title="${title}" alt="" loading="lazy" style="left:${left};top:${top};width:${across};height:${down}" src="${dataUri('image/png', grayPng(values, width, height))}">`;
}

/** Each photo once, as a rule. Only base64 goes into it. */
export function photoRules({ photos }: ComparedImages): string {
  return photos
    .map((bytes, i) => `.photo.p${i}{background-image:url(${dataUri('image/webp', bytes)})}`)
    .join('');
}
