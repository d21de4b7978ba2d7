import { flagCatalog } from '../../shared/catalog/flag-catalog.ts';
import type { MeasureName } from '../../shared/catalog/measure-catalog.ts';
import { fusedColumns, mapColumn, sampleColumns } from '../../shared/catalog/measure-column.ts';
import type { TargetLayer } from '../../shared/run/run-spec.ts';
import { colorMaps } from '../../shared/run/run-spec.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { Exemplar } from '../../shared/statistics/shard-statistics.ts';
import { boxChoice, boxMapNote, mostChoices } from '../gallery/box-choice.ts';
import { evidenceSentence, sentenceHtml } from '../gallery/card-words.ts';
import { type CardGroup, cardId, type GalleryCard } from '../gallery/gallery-card.ts';
import { labelData } from '../gallery/label-data.ts';
import { type PictureContext, picture } from '../gallery/picture.ts';
import { type Html, html } from '../html/html.ts';
import { colorMapWords } from '../html/map-colors.ts';
import { mark } from '../html/marks.ts';
import { radios } from '../html/radios.ts';
import { swatch } from '../html/swatch.ts';
import type { Summary } from '../summary/summary-schema.ts';
import { shortClassName } from '../words/class-words.ts';
import { unusualWords } from '../words/unusual-words.ts';
import {
  baseName,
  counted,
  figure,
  listed,
  mapWords,
  ordinal,
  percent,
  wholeNumber,
} from '../words/wording.ts';

/** Photos with their maps, in groups, each with the rule by which its images were chosen. */
export function gallerySection(
  summary: Summary,
  groups: readonly CardGroup[],
  layers: readonly TargetLayer[],
  context: PictureContext,
): Html | undefined {
  const cards = groups.reduce((sum, group) => sum + group.cards.length, 0);
  if (cards === 0) return undefined;
  const hasMaps = groups.some((group) => group.cards.some((card) => card.maps.length > 0));
  const { findsObjects } = traitsOf(summary.model.task);
  const { form } = context;
  const ownBoxes = findsObjects ? ` The ${form} are the model's own.` : '';
  const count = `${wholeNumber(cards)} of ${counted(summary.counts.explained, 'image')}`;
  const lead = hasMaps
    ? `${count}, by the rule on each group. Each map runs from its own lowest to its own highest value, on its layer's cells: ${gridWords(layers)}.${ownBoxes}`
    : `${count}, by the rule on each group. This run stored no maps, so the pictures show the ${findsObjects ? form : 'images'} only.`;
  return html`<section id="gallery" aria-labelledby="gallery-title"><div class="wrap wide"><h2 id="gallery-title">Gallery</h2><p class="lead">${lead}</p>
${hasMaps && controls(layers, groups, context)}${groups.map((group) => groupOf(summary, group, context))}</div></section>`;
}

/** "40 x 40 for layer 15, 10 x 10 for layer 21"; the fused map is on the finest. */
function gridWords(layers: readonly TargetLayer[]): string {
  return listed(
    layers.map(
      ({ name, gridWidth, gridHeight }) => `${gridWidth} x ${gridHeight} for ${mapWords(name)}`,
    ),
  );
}

/** Classes whose evidence any card has, by id. */
export function classesOf(groups: readonly CardGroup[]): readonly number[] {
  const cards = groups.flatMap((group) => group.cards);
  const ids = cards.flatMap(({ evidence }) => evidence.map(({ figures }) => figures.classId));
  return [...new Set(ids)].sort((a, b) => a - b);
}

function controls(
  layers: readonly TargetLayer[],
  groups: readonly CardGroup[],
  { classNames }: PictureContext,
): Html {
  const sizes = layers.map(({ gridWidth, gridHeight }) => gridWidth * gridHeight);
  const hint = (i: number) => {
    if (layers.length < 2) return '';
    if (sizes[i] === Math.max(...sizes)) return ' fine';
    return sizes[i] === Math.min(...sizes) ? ' coarse' : '';
  };
  const maps = [
    { id: 'map-0', label: 'Fused' },
    ...layers.map(({ name }, i) => ({
      id: `map-${i + 1}`,
      label: `${mapWords(name).replace(/^layer /, 'Layer ')}${hint(i)}`,
    })),
    { id: 'map-none', label: 'Photo only' },
  ];
  const colors = colorMaps.map((name) => ({ id: `color-${name}`, label: colorMapWords[name] }));
  const ofClasses = classesOf(groups).map((classId) => {
    const name = shortClassName({ classId, name: classNames[classId] ?? '' });
    return {
      id: `map-e${classId}`,
      label: html`<span${swatch(classId)}><bdi>${name}</bdi></span>`,
    };
  });
  const evidence = ofClasses.length > 0 && radios('Class evidence', 'map', ofClasses, 'none');
  const boxes = mostChoices(groups) > 0 && radios('Box map', 'map', ofBoxes, 'none');
  return html`<div class="controls">${radios('Map', 'map', maps)}${evidence}${boxes}${radios('Colors', 'color', colors)}<span class="legend"><span>low</span><i></i><span>high heat, each image to itself</span></span></div>${evidence && evidenceNote}${boxes && boxMapNote}`;
}

const ofBoxes = [{ id: 'map-box', label: 'Why this box' }];

const evidenceNote = html`<p class="small apart">A map is the strongest shared pattern of a layer (Eigen-CAM), not a class. Class evidence is another map: where the model scores the class, which is its own score and not a cause.</p>`;

function groupOf(summary: Summary, group: CardGroup, context: PictureContext): Html {
  const { id, title, rule, cards } = group;
  const more =
    cards.length > 2 &&
    html`<label class="more-switch"><input type="checkbox">Show all ${cards.length}</label>`;
  return html`<div class="group" id="gallery-${id}"><h3>${title}</h3><p class="small">${rule}</p><div class="cards">${cards.map((card) => cardOf(summary, group, card, context))}</div>${more}</div>`;
}

function cardOf(
  summary: Summary,
  group: CardGroup,
  card: GalleryCard,
  context: PictureContext,
): Html {
  const { row, shard } = card;
  return html`<article class="card" id="${cardId(shard, row.row)}" data-flags="${row.flags.join(' ')}"${labelData(card, context.classNames)}>${picture(card, context)}<div class="card-body">${chips(group, card)}<h4><bdi>${baseName(row.key)}</bdi></h4><p class="of-map">${sentenceHtml(row, context.classNames)}${row.unusual.length > 0 && html` Unusual here: ${unusualWords(row.unusual)}.`}${card.photoMissing !== undefined && html` ${card.photoMissing}`}</p>${evidenceSentences(card, context)}${boxChoice(card, context.classNames)}${numbers(summary, card, context)}<div class="card-foot"><details><summary>All numbers</summary><p class="key"><bdi>${row.key}</bdi></p>${mapTable(card, context)}</details></div></div></article>`;
}

/** One is shown, of the class that is chosen. */
function evidenceSentences({ row, evidence }: GalleryCard, { classNames }: PictureContext): Html {
  return html`${evidence.map(({ figures }) => html`<p class="of-class e${figures.classId}">${evidenceSentence(figures, row, classNames)}</p>`)}`;
}

/** Every flag of the image; without one, nothing. */
function chips({ id }: CardGroup, { row }: GalleryCard): Html | undefined {
  if (row.flags.length === 0) return undefined;
  const sorted = [...row.flags].sort((a, b) => Number(b === id) - Number(a === id));
  return html`<div class="chips">${sorted.map((flag) => html`<span class="chip tone-${flagCatalog[flag].tone}">${mark(flagCatalog[flag].tone)}${flagCatalog[flag].label}</span>`)}</div>`;
}

interface CardNumber {
  readonly column: string;
  /** `{form}` stands for what the objects are. */
  readonly label: string;
  readonly words: (value: number) => string;
}

const cardNumbers: readonly CardNumber[] = [
  { column: fusedColumns.energyInBoxes, label: 'heat inside {form}', words: percent },
  { column: fusedColumns.boxLift, label: 'times even spread', words: figure },
  { column: sampleColumns.confidence, label: 'confidence', words: figure },
  { column: fusedColumns.entropy, label: 'spread of the heat', words: figure },
  { column: sampleColumns.layerAgreement, label: 'layers agree', words: figure },
  { column: fusedColumns.borderLift, label: 'border, times even', words: figure },
];

function numbers(
  { extremes, measures }: Summary,
  { row }: GalleryCard,
  { form }: PictureContext,
): Html {
  const shown = cardNumbers
    .filter(({ column }) => row.measures[column] !== undefined)
    .filter(({ column }) => row.classScores.length > 0 || column !== sampleColumns.confidence)
    .slice(0, 4);
  return html`<dl class="numbers of-map">${shown.map(({ column, label, words }) => {
    const rank = rankOf(extremes[column], row.key, measures[column]?.n ?? 0);
    return html`<div><dt>${label.replace('{form}', form)}</dt><dd>${words(row.measures[column] ?? 0)}${rank !== undefined && html` <small>${rank}</small>`}</dd></div>`;
  })}</dl>`;
}

/** "3rd lowest of 1,000", for the outermost tenth of the images only. */
function rankOf(
  extremes:
    | { readonly lowest: readonly Exemplar[]; readonly highest: readonly Exemplar[] }
    | undefined,
  key: string,
  n: number,
): string | undefined {
  for (const end of ['lowest', 'highest'] as const) {
    const place = extremes?.[end].findIndex((one) => one.key === key) ?? -1;
    if (place >= 0 && place < Math.floor(n / 10)) {
      return `${place === 0 ? '' : `${ordinal(place + 1)} `}${end} of ${wholeNumber(n)}`;
    }
  }
  return undefined;
}

const mapNumbers: readonly (Omit<CardNumber, 'column'> & { readonly measure: MeasureName })[] = [
  { measure: 'energyInBoxes', label: 'in {form}', words: percent },
  { measure: 'boxLift', label: 'times even', words: figure },
  { measure: 'entropy', label: 'spread', words: figure },
  { measure: 'borderLift', label: 'border', words: figure },
  { measure: 'explainedVariance', label: 'explained variance', words: percent },
  { measure: 'signMargin', label: 'sign certainty', words: figure },
];

/** One row a map, one column a measure. */
function mapTable({ row, maps }: GalleryCard, { form }: PictureContext): Html {
  const names = maps.length > 0 ? maps.map(({ name }) => name) : ['fused'];
  const used = mapNumbers.filter(({ measure }) =>
    names.some((name) => row.measures[mapColumn(measure, name)] !== undefined),
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Numbers of ${baseName(row.key)}"><table><thead><tr><th scope="col">Map</th>${used.map(({ label }) => html`<th scope="col" class="number">${label.replace('{form}', form)}</th>`)}</tr></thead><tbody>${names.map(
    (name) =>
      html`<tr><th scope="row">${name === 'fused' ? 'fused' : mapWords(name)}</th>${used.map(
        ({ measure, words }) => {
          const value = row.measures[mapColumn(measure, name)];
          return html`<td class="number">${value === undefined ? '' : words(value)}</td>`;
        },
      )}</tr>`,
  )}</tbody></table></div>`;
}
