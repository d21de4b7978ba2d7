import { near, shortened } from '../../report/html/chart-words.ts';
import { type Html, html } from '../../report/html/html.ts';
import { percent } from '../../report/words/wording.ts';
import type { FigureDifference } from '../compare/comparison.ts';
import { changeWords } from '../compare/words/difference-words.ts';

const width = 360;
const left = 128;
const right = 22;
const rowHeight = 30;
const mostRows = 12;
const nameCharacters = 19;

/** One row a figure, a share in [0, 1]: a hollow dot for the former run, a full one for the latter, a line between them. */
export function dumbbellChart(
  figures: readonly FigureDifference[],
  [from, to]: readonly [string, string],
): Html | undefined {
  const shown = figures.filter(({ from, to }) => from.value !== null && to.value !== null);
  if (shown.length === 0) return undefined;
  const rows = shown.slice(0, mostRows);
  const x = (value: number) => left + Math.min(1, Math.max(0, value)) * (width - left - right);
  const base = rows.length * rowHeight + 8;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (tick) =>
      html`<path class="grid" fill="none" stroke="#d5dae2" d="M${near(x(tick))} 4V${base}"/><text x="${near(x(tick))}" y="${base + 16}" text-anchor="middle">${percent(tick)}</text>`,
  );
  const drawn = rows.map((one, i) => {
    const y = i * rowHeight + 20;
    const [before, after] = [x(one.from.value ?? 0), x(one.to.value ?? 0)];
    return html`<text class="ink" x="0" y="${y + 4}">${shortened(one.words, nameCharacters)}</text><path class="way" fill="none" stroke="#3f6fb5" d="M${near(before)} ${y}H${near(after)}"/><circle class="before" fill="#fff" stroke="#3f6fb5" cx="${near(before)}" cy="${y}" r="5"/><circle class="after" fill="#3f6fb5" cx="${near(after)}" cy="${y}" r="5.5"/>`;
  });
  const name = `${from} to ${to}. ${rows.map((one) => `${one.words}: ${changeWords(one).replace('->', 'to')}`).join('. ')}.`;
  return html`<svg class="dumbbells" viewBox="0 0 ${width} ${base + 22}" role="img" aria-label="${name}">${ticks}${drawn}</svg>`;
}
