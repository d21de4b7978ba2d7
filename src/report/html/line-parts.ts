import { figure } from '../words/wording.ts';
import { near } from './chart-words.ts';
import { type Html, html } from './html.ts';

/** Lines are told apart by dashes and by their names at the end, never by color alone. */
export const lineDashes = ['', '7 4', '2 4', '10 3 2 3', '1 3', '12 5'] as const;

/**
 * The ends of an axis for these values, with a tenth of their span to spare.
 *
 * @param values one at least
 */
export function axisRange(values: readonly number[]): [low: number, high: number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = (most - least) * 0.1 || Math.abs(most) * 0.1 || 1;
  // A count or a ratio starts at 0 where it is near it.
  const low = least >= 0 && least < most / 2 ? 0 : least - margin;
  return [low, most + margin];
}

/**
 * A line across a chart with its value on the left.
 *
 * @param y pixels from the top
 */
export function gridLine(
  value: number,
  y: number,
  { left, right }: { readonly left: number; readonly right: number },
): Html {
  return html`<path class="grid" fill="none" stroke="#d5dae2" d="M${left} ${near(y)}H${right}"/><text x="${left - 6}" y="${near(y + 4)}" text-anchor="end">${figure(value)}</text>`;
}
