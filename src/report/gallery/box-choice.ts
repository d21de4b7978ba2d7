import { type Html, html } from '../html/html.ts';
import { swatch } from '../html/swatch.ts';
import { shortClassName } from '../words/class-words.ts';
import { mapWords } from '../words/wording.ts';
import { boxId, cardId, type GalleryCard } from './gallery-card.ts';

/** The boxes of a card whose maps can be chosen, by native radios, and what the chosen map says; nothing on a card without any. They show once `map-box` is chosen. */
export function boxChoice(
  { shard, row, boxes }: GalleryCard,
  classNames: readonly string[],
): Html | undefined {
  if (boxes.length === 0) return undefined;
  const group = `box-of-${cardId(shard, row.row)}`;
  const choices = boxes.map(({ detection: { classId, score } }, i) => {
    const name = shortClassName({ classId, name: classNames[classId] ?? '' });
    return html`<label${swatch(classId)}><input type="radio" name="${group}" value="${i}" id="${boxId(shard, row.row, i)}"${i === 0 && html` checked`}><bdi>${name}</bdi> ${score.toFixed(2)}</label>`;
  });
  const words = boxes.map(
    ({ layer, shares }, i) =>
      html`<p class="of-box b${i}">Features like those of this box, on ${mapWords(layer)}: ${shares}.</p>`,
  );
  return html`<fieldset class="pick"><legend class="hidden">Why this box</legend>${choices}</fieldset>${words}`;
}

/** The most boxes that any card offers. */
export function mostChoices(groups: readonly { readonly cards: readonly GalleryCard[] }[]): number {
  return Math.max(0, ...groups.flatMap(({ cards }) => cards.map(({ boxes }) => boxes.length)));
}

/** What is said of box maps beside their switch. */
export const boxMapNote = html`<p class="small apart">A box map shows where in the image features are like those of one box, on the level that found it: similar features, and not a cause. Choose a box under its photo, or in it.</p>`;

/** Style rules by which the radio `map-box` shows the map of the box that each card has chosen, with its place; a card without any says so. */
export function boxRules(count: number): string {
  if (count === 0) return '';
  const when = ':root:has(#map-box:checked) .card';
  const rules = [
    `${when} .map.m0,${when} .of-map{display:none}`,
    `${when} .pick{display:flex}${when} .hit{display:block}`,
    `${when} .stage:not(:has(.hit))::after{content:"no map of a box"}`,
  ];
  for (let i = 0; i < count; i++) {
    const chosen = `${when}:has(.pick [value="${i}"]:checked)`;
    rules.push(
      `${chosen} .b${i}{display:block}${chosen} .hit.b${i}{outline-color:#fff;box-shadow:0 0 0 3.5px rgb(11 13 17/.8)}`,
    );
  }
  return rules.join('');
}
