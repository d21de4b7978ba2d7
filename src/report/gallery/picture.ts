import type { ObjectForm } from '../../shared/run/object-form.ts';
import { type Html, html } from '../html/html.ts';
import { shortClassName } from '../words/class-words.ts';
import { capital, mapWords } from '../words/wording.ts';

import { peakWords, placeOfBox } from './card-maps.ts';
import { sentenceOf } from './card-words.ts';
import { dataUri } from './data-uri.ts';
import {
  boxId,
  type CardBox,
  type CardEvidence,
  type CardMap,
  type GalleryCard,
} from './gallery-card.ts';
import { drawObjects } from './objects-drawing.ts';

/** What every picture of a report has in common. */
export interface PictureContext {
  /** Width over height of the frame that all pictures share. */
  readonly frameRatio: number;
  readonly classNames: readonly string[];
  /** What the objects are. */
  readonly form: ObjectForm;
}

/** The photo in gray, its maps (one shown at a time), the objects as vectors. All the same size, one above the other. */
export function picture(card: GalleryCard, { frameRatio, classNames }: PictureContext): Html {
  const { width, height, maps, evidence, boxes, row } = card;
  const alt = alternative(card, classNames);
  const wide = width / height >= frameRatio;
  const photo = card.photo
    ? html`<img class="photo" alt="${alt}" src="${dataUri('image/webp', card.photo)}">`
    : html`<span class="hidden">${alt} ${card.photoMissing}</span>`;
  return html`<div class="frame" style="aspect-ratio:${ratio(frameRatio)}"><div class="stage ${wide ? 'landscape' : 'portrait'}" style="aspect-ratio:${width}/${height}">${photo}${maps.map(mapOf)}${evidence.map((one) => evidenceOf(one, classNames))}${boxes.map((one, i) => boxMapOf(one, i, classNames))}${row.detections.length > 0 && objects(card)}${boxPlaces(card)}</div></div>`;
}

function mapOf({ png, name, place, isDegenerate }: CardMap, i: number): Html {
  const title = name === 'fused' ? 'All layers fused' : capital(mapWords(name));
  return isDegenerate
    ? html`<span class="map m${i} degenerate" data-title="${title}"><span>degenerate map</span></span>`
    : html`<img class="map m${i}" data-title="${title}" alt="" style="${placeStyle(place)}" src="${dataUri('image/png', png)}">`;
}

/** Not decoded before its class is chosen. */
function evidenceOf({ png, place, isDegenerate, figures }: CardEvidence, names: readonly string[]) {
  const { classId, layer } = figures;
  const name = shortClassName({ classId, name: names[classId] ?? '' });
  const title = `Class evidence: where the model scores ${name}, on ${mapWords(layer)}`;
  return isDegenerate
    ? html`<span class="map e${classId} degenerate" data-title="${title}"><span>no heat</span></span>`
    : html`<img class="map e${classId}" data-title="${title}" alt="" loading="lazy" style="${placeStyle(place)}" src="${dataUri('image/png', png)}">`;
}

function boxMapOf(
  { png, place, detection, layer, shares }: CardBox,
  i: number,
  names: readonly string[],
) {
  const { classId, score } = detection;
  const name = shortClassName({ classId, name: names[classId] ?? '' });
  const title = `Why ${name} ${score.toFixed(2)}: features like those of the box, ${mapWords(layer)}; ${shares}`;
  return html`<img class="map b${i}" data-title="${title}" alt="" loading="lazy" style="${placeStyle(place)}" src="${dataUri('image/png', png)}">`;
}

/** Where the boxes lie whose maps can be chosen: a click there is the choice, and the chosen one is framed. The smallest on top, or a larger one would keep it from being clicked. */
function boxPlaces({ shard, row, boxes, width, height }: GalleryCard): Html {
  const areaOf = ({ detection: { box } }: CardBox) => (box[2] - box[0]) * (box[3] - box[1]);
  const places = boxes
    .map((one, i) => ({ one, i }))
    .sort((a, b) => areaOf(b.one) - areaOf(a.one))
    .map(
      ({ one, i }) =>
        html`<label class="hit b${i}" for="${boxId(shard, row.row, i)}" style="${placeStyle(placeOfBox(one.detection.box, { width, height }))}"></label>`,
    );
  return html`${places}`;
}

function alternative(card: GalleryCard, classNames: readonly string[]): string {
  const fused = card.maps[0];
  const peak =
    fused === undefined || fused.isDegenerate ? '' : ` The hottest place is ${peakWords(fused)}.`;
  return `${sentenceOf(card.row, classNames)}${peak}`;
}

function ratio(value: number): string {
  return String(Number(value.toFixed(3)));
}

function placeStyle([left, top, width, height]: readonly [number, number, number, number]): string {
  const share = (value: number) => `${Number((value * 100).toFixed(2))}%`;
  return `left:${share(left)};top:${share(top)};width:${share(width)};height:${share(height)}`;
}

function objects(card: GalleryCard): Html {
  const drawing = Buffer.from(drawObjects(card.row.detections, card, card.row.labels?.objects));
  return html`<img class="boxes" alt="" src="${dataUri('image/svg+xml', drawing)}">`;
}
