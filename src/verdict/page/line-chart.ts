import { axisTicks } from '../../report/html/chart-bars.ts';
import { near, shortened } from '../../report/html/chart-words.ts';
import { endLabels } from '../../report/html/end-labels.ts';
import { type Html, html } from '../../report/html/html.ts';
import { axisRange, gridLine, lineDashes } from '../../report/html/line-parts.ts';
import type { ProgressChart, ProgressLine } from '../compare/comparison.ts';
import { shareWords } from '../compare/words/difference-words.ts';

const width = 360;
const height = 212;
const left = 36;
const right = 96;
const top = 12;
const bottom = 34;
/** Of the name at the end of a line. */
const endCharacters = 13;

/** A small chart of figures over runs: a dot a run, its 95 % interval where there is one, each line named at its end. */
export function lineChart(
  { lines, isShare, title }: ProgressChart,
  labels: readonly string[],
): Html {
  const [low, high] = rangeOf(lines, isShare);
  const x = (i: number) => left + (i / Math.max(1, labels.length - 1)) * (width - left - right);
  const y = (value: number) =>
    height - bottom - ((value - low) / (high - low)) * (height - top - bottom);
  const ticks = axisTicks(low, high, 'unit').map((tick) =>
    gridLine(tick, y(tick), { left, right: width - right }),
  );
  const names = labels.map((label, i) => runLabel(label, x(i), labels.length));
  const lasts = lines.map(({ values }) => y(values.filter((value) => value !== null).at(-1) ?? 0));
  const ends = endLabels(lasts, { top, bottom: height - bottom });
  const drawn = lines.map((line, l) => lineOf(line, l, x, y));
  const ended = lines.map(
    ({ words }, l) =>
      html`<text class="ink" x="${width - right + 8}" y="${near((ends[l] ?? 0) + 4)}">${shortened(words, endCharacters)}</text>`,
  );
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${alternative(title, lines, labels)}">${ticks}${names}${drawn}${ended}</svg>`;
}

/** Of shares all from 0 to 1; that of the attainable can be below 0. */
function rangeOf(lines: readonly ProgressLine[], areShares: boolean): [number, number] {
  const shown = lines.flatMap(({ values, intervals }) => [
    ...values.filter((value) => value !== null),
    ...intervals.flatMap((interval) => interval ?? []),
  ]);
  return areShares ? [Math.min(0, ...shown), 1] : axisRange(shown);
}

function runLabel(label: string, x: number, of: number): Html {
  const shown = of > 6 ? '' : shortened(label, Math.floor(64 / of));
  return html`<text x="${near(x)}" y="${height - bottom + 18}" text-anchor="middle">${shown}</text>`;
}

function lineOf(
  { values, intervals }: ProgressLine,
  index: number,
  x: (i: number) => number,
  y: (value: number) => number,
): Html {
  const points = values.flatMap((value, i) => (value === null ? [] : [{ i, value }]));
  const path = points.map(
    ({ i, value }, n) => `${n === 0 ? 'M' : 'L'}${near(x(i))} ${near(y(value))}`,
  );
  const kind = index % 2 === 0 ? 'first' : 'other';
  const whiskers = points.flatMap(({ i }) => {
    const interval = intervals[i];
    if (!interval) return [];
    return [`M${near(x(i))} ${near(y(interval[0]))}V${near(y(interval[1]))}`];
  });
  const dash = lineDashes[index % lineDashes.length];
  return html`<g class="line ${kind}" fill="none" stroke="#3f6fb5"><path class="reach" d="${whiskers.join('')}"/><path stroke-width="2"${dash !== '' && html` stroke-dasharray="${dash ?? ''}"`} d="${path.join('')}"/>${points.map(({ i, value }) => html`<circle class="dot" cx="${near(x(i))}" cy="${near(y(value))}" r="3.5"/>`)}</g>`;
}

function alternative(title: string, lines: readonly ProgressLine[], labels: readonly string[]) {
  const said = lines.map(({ words, values }) => {
    const steps = values.map(
      (value, i) => `${labels[i]} ${value === null ? 'n/a' : shareWords(value)}`,
    );
    return `${words}: ${steps.join(', ')}`;
  });
  return `${title}. ${said.join('. ')}.`;
}
