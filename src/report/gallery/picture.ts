import type { ObjectForm } from '../../shared/run/object-form.ts';
import { type Html, html } from '../html/html.ts';
import { peakWords } from './card-maps.ts';
import { sentenceOf } from './card-words.ts';
import type { CardMap, GalleryCard } from './gallery-card.ts';
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
  const { width, height, maps, row } = card;
  const alt = alternative(card, classNames);
  const wide = width / height >= frameRatio;
  const photo = card.photo
    ? html`<img class="photo" alt="${alt}" src="${dataUri('image/webp', card.photo)}">`
    : html`<span class="hidden">${alt} ${card.photoMissing}</span>`;
  return html`<div class="frame" style="aspect-ratio:${ratio(frameRatio)}"><div class="stage ${wide ? 'landscape' : 'portrait'}" style="aspect-ratio:${width}/${height}">${photo}${maps.map(mapOf)}${row.detections.length > 0 && objects(card)}</div></div>`;
}

function mapOf({ png, place, isDegenerate }: CardMap, i: number): Html {
  return isDegenerate
    ? html`<span class="map m${i} degenerate"><span>degenerate map</span></span>`
    : html`<img class="map m${i}" alt="" style="${placeStyle(place)}" src="${dataUri('image/png', png)}">`;
}

export function dataUri(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')}`;
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
