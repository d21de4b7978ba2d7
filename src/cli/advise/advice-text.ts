import {
  adviceCaveats,
  areaWords,
  attainableWords,
  heatWords,
  isOfClass,
  type LayerAdvice,
  objectWords,
  type RankedMap,
  rankedName,
  verdictSentences,
} from '../../report/advice/layer-advice.ts';
import { percent } from '../../report/words/wording.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface AdvicePlaces {
  readonly html: string;
  readonly png: string;
}

const mostRows = 12;

/** What `eigenfleet layers --images` prints: the ranking, how sure it is, what it does not say, and the command that uses it. */
export function adviceText(
  advice: LayerAdvice,
  places: AdvicePlaces,
  colors: Terminal['colors'],
): string {
  const { ranked, command } = advice;
  const { bold, dim, yellow } = colors;
  const shown = ranked.filter((one, i) => i < mostRows || one.isDefault);
  const width = Math.max(...shown.map((one) => rankedName(one).length));
  const rows = shown.map((one) =>
    rowText(advice, one, { place: ranked.indexOf(one) + 1, width, colors }),
  );
  const more = ranked.length - shown.length;
  return [
    bold(`Share of the attainable heat in ${objectWords(advice)}`),
    countWords(advice),
    '',
    ...rows,
    ...(more === 0 ? [] : [dim(`     and ${more} more in the page`)]),
    '',
    ...verdictSentences(advice),
    '',
    bold(command),
    '',
    ...adviceCaveats(advice).map((caveat) => `${yellow('!')} ${caveat}`),
    '',
    `contact sheet: ${places.html}, ${places.png}`,
  ].join('\n');
}

function countWords(advice: LayerAdvice): string {
  const { images, objects, area } = advice;
  const failed = images.failed === 0 ? '' : `, ${images.failed} failed`;
  const measured = `${images.measured} of ${images.listed} images`;
  return isOfClass(advice)
    ? `${measured}${failed}; where the heat lies, the activation is at so much of its peak, ${areaWords(advice)}`
    : `${measured} with ${objects} objects${failed}; they cover ${percent(area)} of the area`;
}

interface RowPlace {
  readonly place: number;
  /** Of the names. */
  readonly width: number;
  readonly colors: Terminal['colors'];
}

function rowText(advice: LayerAdvice, one: RankedMap, { place, width, colors }: RowPlace): string {
  const { isDefault, couldBeBest, degenerate } = one;
  const notes = [
    ...(isDefault ? ['default'] : []),
    ...(couldBeBest && place > 1 ? ['may be as good'] : []),
    ...(degenerate > 0 ? [`degenerate on ${degenerate}`] : []),
  ];
  const note = notes.length === 0 ? '' : colors.dim(`  ${notes.join(', ')}`);
  const name = rankedName(one).padEnd(width);
  return `${`${place}.`.padStart(4)} ${name}  ${attainableWords(one).padEnd(20)}  ${heatWords(advice, one).padStart(13)}${note}`;
}

/** The same as one JSON document. */
export function adviceDocument(advice: LayerAdvice, places: AdvicePlaces): string {
  const caveats = adviceCaveats(advice);
  const verdict = verdictSentences(advice);
  return JSON.stringify(
    { schema: 'advice@1', ...advice, verdict, caveats, ...places },
    undefined,
    2,
  );
}
