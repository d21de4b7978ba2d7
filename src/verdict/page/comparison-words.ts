import { type Html, html } from '../../report/html/html.ts';
import type { Difference } from '../compare/comparison.ts';
import { isClear, signed } from '../compare/words/difference-words.ts';

/** Arrows as people read them; files and terminals have "->". */
export function arrowed(text: string): string {
  return text.replaceAll(' -> ', ' \u2192 ');
}

/** A difference with its interval below it. Bold where the interval excludes 0; colored where one way is better. */
export function differenceCell(
  difference: Difference | undefined,
  words: (value: number) => string,
  isBetterHigh?: boolean,
): Html {
  if (difference === undefined) {
    return html`<td class="number" data-value="0"><span class="small">n/a</span></td>`;
  }
  const { value, interval, why } = difference;
  const tone = toneOf(difference, isBetterHigh);
  const shown = isClear(difference)
    ? html`<b class="delta${tone}">${signed(value, words)}</b>`
    : html`<span class="delta${tone}">${signed(value, words)}</span>`;
  const range = interval
    ? html`<span class="small">${signed(interval[0], words)} to ${signed(interval[1], words)}</span>`
    : html`<span class="small" title="${why ?? ''}">no interval</span>`;
  return html`<td class="number" data-value="${value}">${shown}${range}</td>`;
}

/** "0.12 -> 0.81", below it the difference with its interval; sorts by the difference. */
export function figureCell(
  [from, to]: readonly [string, string],
  difference: Difference | undefined,
  words: (value: number) => string,
  isBetterHigh?: boolean,
): Html {
  const way = html`${from} \u2192 ${to}`;
  if (difference === undefined) return html`<td class="number" data-value="0">${way}</td>`;
  const { value, interval } = difference;
  const tone = toneOf(difference, isBetterHigh);
  const shown = html`<span class="delta${tone}">${signed(value, words)}</span>`;
  const range = interval && ` (${signed(interval[0], words)} to ${signed(interval[1], words)})`;
  return html`<td class="number" data-value="${value}">${way}<span class="small">${isClear(difference) ? html`<b>${shown}</b>` : shown}${range}</span></td>`;
}

function toneOf(difference: Difference, isBetterHigh: boolean | undefined): string {
  if (!isClear(difference) || isBetterHigh === undefined) return '';
  return difference.value > 0 === isBetterHigh ? ' fine' : ' look';
}

/** "0.12 -> 0.81" as a cell that sorts by the latter. */
export function changeCell(from: string, to: string, value: number | null): Html {
  return html`<td class="number" data-value="${value ?? -1}">${from} \u2192 ${to}</td>`;
}
