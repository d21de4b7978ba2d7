import { axisTicks } from '../../report/html/chart-bars.ts';
import { near, shortened } from '../../report/html/chart-words.ts';
import { endLabels } from '../../report/html/end-labels.ts';
import { type Html, html } from '../../report/html/html.ts';
import { axisRange, gridLine, lineDashes } from '../../report/html/line-parts.ts';
import { figureValueWords } from '../../verdict/compare/words/difference-words.ts';
import { nightStateWords } from './night-state.ts';
import type { TrendChart, TrendLine, TrendPoint } from './trend.ts';

const width = 720;
const height = 232;
const left = 40;
const right = 176;
const top = 14;
const bottom = 32;
/** Of the name at the end of a line. */
const endCharacters = 26;
/** Dates below the axis. */
const mostDates = 7;

interface Scale {
  x(point: number): number;
  y(value: number): number;
}

/** Figures over nights, at the distance in time that they have: a dot a night, which leads to its report; failed nights are squares. */
export function trendChart(chart: TrendChart, points: readonly TrendPoint[]): Html {
  const { lines, isCount, title } = chart;
  const [low, high] = rangeOf(chart);
  const span = height - top - bottom;
  const scale: Scale = {
    x: timeScale(points),
    y: (value) => height - bottom - ((value - low) / (high - low)) * span,
  };
  const ticks = axisTicks(low, high, isCount ? 'count' : 'unit').map((tick) =>
    gridLine(tick, scale.y(tick), { left, right: width - right }),
  );
  const lasts = lines.map(({ values }) => scale.y(lastOf(values)));
  const ends = endLabels(lasts, { top, bottom: height - bottom });
  const names = lines.map(
    ({ words }, l) =>
      html`<text class="ink" x="${width - right + 10}" y="${near((ends[l] ?? 0) + 4)}">${shortened(words, endCharacters)}</text>`,
  );
  const drawn = lines.map((line, l) => lineOf(line, l, points, scale));
  return html`<svg viewBox="0 0 ${width} ${height}" role="group" aria-label="${alternative(title, lines, points)}">${ticks}${dates(points, scale)}${drawn}${names}</svg>`;
}

/** One night stands in the middle. */
function timeScale(points: readonly TrendPoint[]): Scale['x'] {
  const [first = 0, last = 0] = [points[0]?.atMs, points.at(-1)?.atMs];
  const span = width - left - right - 8;
  return (point) => {
    const share = last === first ? 0.5 : ((points[point]?.atMs ?? first) - first) / (last - first);
    return left + 4 + share * span;
  };
}

/** Of shares all from 0 to 1; that of the attainable can be below 0. */
function rangeOf({ lines, isShare, isCount }: TrendChart): [number, number] {
  const values = lines.flatMap((line) => line.values.filter((value) => value !== null));
  if (isShare) return [Math.min(0, ...values), 1];
  if (isCount) return [0, Math.max(1, ...values) * 1.1];
  const [low, high] = axisRange(values);
  return [values.every((value) => value === 0) ? 0 : low, high];
}

function lastOf(values: readonly (number | null)[]): number {
  return values.findLast((value) => value !== null) ?? 0;
}

function dates(points: readonly TrendPoint[], { x }: Scale): Html[] {
  const step = Math.max(1, Math.ceil(points.length / mostDates));
  return points.flatMap(({ night }, i) =>
    i % step === 0
      ? [
          html`<text x="${near(x(i))}" y="${height - bottom + 20}" text-anchor="middle">${night.key.slice(5, 10)}</text>`,
        ]
      : [],
  );
}

function lineOf(
  line: TrendLine,
  index: number,
  points: readonly TrendPoint[],
  { x, y }: Scale,
): Html {
  const { values } = line;
  const path = values.flatMap((value, i) => {
    if (value === null) return [];
    // A night without the figure breaks the line.
    const isFirst = i === 0 || values[i - 1] === null;
    return [`${isFirst ? 'M' : 'L'}${near(x(i))} ${near(y(value))}`];
  });
  const dash = lineDashes[index % lineDashes.length] ?? '';
  const dots = values.map((value, i) => {
    const point = points[i];
    return point && value !== null && dotOf(line, point, value, [x(i), y(value)]);
  });
  return html`<g class="line ${index % 2 === 0 ? 'first' : 'other'}" fill="none" stroke="#3f6fb5"><path stroke-width="2"${dash !== '' && html` stroke-dasharray="${dash}"`} d="${path.join('')}"/>${dots}</g>`;
}

function dotOf(
  { name, words }: TrendLine,
  { night, state, report }: TrendPoint,
  value: number,
  [x, y]: readonly [number, number],
): Html {
  const says = `${night.key}: ${words} ${figureValueWords(name, value)}, ${nightStateWords[state]}`;
  const shape =
    state === 'fail' || state === 'broken'
      ? html`<path class="dot failed" d="M${near(x - 5)} ${near(y - 5)}h10v10h-10z"/>`
      : html`<circle class="dot" cx="${near(x)}" cy="${near(y)}" r="3.5"/>`;
  const said = html`<title>${says}</title>${shape}`;
  return report === undefined ? html`<g>${said}</g>` : html`<a href="${report}">${said}</a>`;
}

function alternative(
  title: string,
  lines: readonly TrendLine[],
  points: readonly TrendPoint[],
): string {
  const [first, last] = [points[0]?.night.key ?? '', points.at(-1)?.night.key ?? ''];
  const said = lines.map(({ name, words, values }) => {
    const last = values.findLast((value) => value !== null) ?? null;
    return `${words} ${figureValueWords(name, last)} at last`;
  });
  return `${title}, ${first} to ${last}: ${said.join(', ')}.`;
}
