import { placeOfBox } from '../gallery/card-maps.ts';
import { dataUri } from '../gallery/data-uri.ts';
import { cardId, type GalleryCard } from '../gallery/gallery-card.ts';
import { labelData } from '../gallery/label-data.ts';
import { type PictureContext, picture } from '../gallery/picture.ts';
import { type Html, html } from '../html/html.ts';
import { radios } from '../html/radios.ts';
import { swatch } from '../html/swatch.ts';
import type { ObjectCard, ObjectCardGroup, ObjectGallery } from '../objects/object-card.ts';
import { causeWords, evidenceWords, scoreOf } from '../objects/object-words.ts';
import { shortClassName } from '../words/class-words.ts';
import { baseName, wholeNumber } from '../words/wording.ts';

/** Crops of a gallery that show at once; the others are a click away. */
const openCrops = 16;

const wordsOfObjects = {
  title: 'False positives, misses and confusions',
  each: 'Each crop shows an object and as much around it: boxes are solid lines, in the color of their class, labels dashed.',
  leads: 'A crop leads to its whole image.',
} as const;
const wordsOfImages = {
  title: 'Images taken for another class',
  each: 'Each picture is an image whose first class is not that of its label, with the score of the first class.',
  leads: 'A picture leads to its maps.',
} as const;

/** The objects behind the counts: crops of false positives and misses of each class, and of confusions, then the whole images that the gallery does not show. */
export function objectsSection(
  { ofImages, groups, wholes }: ObjectGallery,
  context: PictureContext,
): Html | undefined {
  if (groups.length === 0) return undefined;
  const hasHeat = groups.some(({ cards }) => cards.some(({ heat }) => heat !== undefined));
  const heat = hasHeat
    ? ` Heat is the evidence of ${ofImages ? 'the class that it was taken for' : 'its class'}: what the model scores there, from nothing to the peak of its image.`
    : ' This run stored no class evidence, so there is no heat.';
  const words = ofImages ? wordsOfImages : wordsOfObjects;
  return html`<section id="objects" aria-labelledby="objects-title"><div class="wrap wide"><h2 id="objects-title">${words.title}</h2><p class="lead">${words.each}${heat} ${words.leads}</p>
${hasHeat && heatSwitch()}${groups.map((group) => groupOf(group, { ...context, ofImages }))}${wholes.length > 0 && wholeImages(wholes, context)}</div></section>`;
}

function heatSwitch(): Html {
  return html`<div class="crop-controls">${radios('Heat', 'crop-heat', [
    { id: 'crop-heat-on', label: 'On' },
    { id: 'crop-heat-off', label: 'Off' },
  ])}<span class="legend"><span>low</span><i></i><span>high evidence of the class</span></span></div>`;
}

interface CropContext extends PictureContext {
  readonly ofImages: boolean;
}

function groupOf(group: ObjectCardGroup, context: CropContext): Html {
  const { id, kind, classId, labeledClassId, cards, count } = group;
  const name = (ofClass: number) =>
    html`<span${swatch(ofClass)}><bdi>${shortClassName({ classId: ofClass, name: context.classNames[ofClass] ?? '' })}</bdi></span>`;
  const title = {
    'false-positives': html`${name(classId)}: ${wholeNumber(count)} ${count === 1 ? 'false positive' : 'false positives'}`,
    misses: html`${name(classId)}: ${wholeNumber(count)} ${count === 1 ? 'miss' : 'misses'}`,
    confusions: html`${name(labeledClassId ?? classId)} taken for ${name(classId)}: ${wholeNumber(count)}`,
  }[kind];
  const which = cards.length < count ? `The first ${cards.length} of ${wholeNumber(count)}` : 'All';
  const order =
    kind === 'misses' ? 'those that are looked at most first' : 'the most confident first';
  const rest = cards.slice(openCrops);
  return html`<div class="crop-group" id="${id}"><h3>${title}</h3><p class="small">${which}, ${order}${cards.length < count && html`; the rest are in <code>objects/</code>`}.</p>${crops(cards.slice(0, openCrops), context)}${rest.length > 0 && html`<details><summary>${rest.length} more</summary>${crops(rest, context)}</details>`}</div>`;
}

function crops(cards: readonly ObjectCard[], context: CropContext): Html {
  return html`<div class="crops">${cards.map((card) => crop(card, context))}</div>`;
}

function crop(card: ObjectCard, { classNames, ofImages }: CropContext): Html {
  const { object, region, whole, photo, photoMissing, heat, drawing } = card;
  const [score, cause] = [scoreOf(object), causeWords(object, classNames)];
  const name = baseName(object.key);
  const alt = `${name}: ${score}, ${cause}`;
  const shape = region.width >= region.height ? 'landscape' : 'portrait';
  const image = photo
    ? html`<img class="photo" alt="${alt}" src="${dataUri('image/webp', photo)}">`
    : html`<span class="hidden">${alt}. ${photoMissing}</span>`;
  const map =
    heat === undefined || heat.isDegenerate
      ? undefined
      : html`<img class="heat" alt="" style="${placeOf(heat.place)}" src="${dataUri('image/png', heat.png)}">`;
  const lines = html`<img class="boxes" alt="" src="${dataUri('image/svg+xml', Buffer.from(drawing))}">`;
  const stage = html`<span class="stage ${shape}" style="aspect-ratio:${Math.round(region.width)}/${Math.round(region.height)}">${image}${map}${lines}</span>`;
  const frame =
    whole === undefined
      ? html`<span class="frame">${stage}</span>`
      : html`<a class="frame" href="#${whole}" data-at="${shareOf(card)}">${stage}</a>`;
  return html`<figure class="crop">${frame}<figcaption><b>${score}</b> ${cause}<br>${!ofImages && html`${evidenceWords(object)}<br>`}<bdi>${name}</bdi></figcaption></figure>`;
}

/** Where the object lies in its image: left, top, width, height in percent. */
function shareOf(card: ObjectCard): string {
  const shares = placeOfBox(card.object.box, card);
  return shares.map((share) => Number((share * 100).toFixed(1))).join(' ');
}

function placeOf(place: readonly [number, number, number, number]): string {
  const [left, top, width, height] = place.map((share) => `${Number((share * 100).toFixed(1))}%`);
  return `left:${left};top:${top};width:${width};height:${height}`;
}

function wholeImages(cards: readonly GalleryCard[], context: PictureContext): Html {
  return html`<div class="crop-group" id="objects-images"><h3>Whole images of these objects</h3><p class="small">Those with the most of the objects above; the gallery has others.</p><div class="cards wholes">${cards.map((card) => wholeImage(card, context))}</div></div>`;
}

function wholeImage(card: GalleryCard, context: PictureContext): Html {
  const { row, shard } = card;
  return html`<article class="card" id="${cardId(shard, row.row)}" data-flags=""${labelData(card, context.classNames)}>${picture(card, context)}<div class="card-body"><h4 class="hidden">${baseName(row.key)}</h4><p class="key"><bdi>${row.key}</bdi></p><div class="card-foot"></div></div></article>`;
}
