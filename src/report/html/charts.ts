import type { MeasureScale } from '../../shared/catalog/measure-catalog.ts';
import type { ObjectForm } from '../../shared/run/object-form.ts';
import type { Histogram, Quantiles } from '../summary/summary-schema.ts';
import { figure, percent, wholeNumber } from '../words/wording.ts';
import { axisTicks, chartBars, positionOf, valueAt } from './chart-bars.ts';
import { near } from './chart-words.ts';
import { type Html, html } from './html.ts';

const width = 360;
const side = 12;

/** From the threshold on, in this direction, an image is flagged. */
export interface ChartLimit {
  readonly value: number;
  readonly flagged: 'above' | 'below';
  readonly label: string;
}

export interface HistogramChart {
  readonly histogram: Histogram;
  readonly scale: MeasureScale;
  readonly median: number;
  readonly limit?: ChartLimit;
  /** A line to compare with, such as an even spread. */
  readonly reference?: { readonly value: number; readonly label: string };
  /** The finding: the picture's label for screen readers. */
  readonly name: string;
}

/** Bars over one axis, with the median, a reference and the flagged side. Plain markup, about 1 kB. */
export function histogramChart(chart: HistogramChart): Html {
  const { scale, limit, median, name, reference } = chart;
  const bars = chartBars(chart.histogram, scale, limit?.value ?? reference?.value);
  const low = bars.positions[0] ?? 0;
  const high = bars.positions.at(-1) ?? 1;
  const x = (value: number) => toX(positionOf(value, scale), low, high);
  const peak = Math.max(1, ...bars.counts);
  const base = 140;
  const shape = bars.counts
    .map((count, i) => {
      if (count === 0) return '';
      const left = toX(bars.positions[i] ?? 0, low, high) + 0.5;
      const right = toX(bars.positions[i + 1] ?? 0, low, high) - 0.5;
      return `M${near(left)} ${base}V${near(base - (count / peak) * 100)}H${near(right)}V${base}z`;
    })
    .join('');
  return html`<svg viewBox="0 0 ${width} 160" role="img" aria-label="${name}">
${limit && beyond(limit, x, base)}<path class="bars" fill="#3f6fb5" d="${shape}"/>
<path class="axis" fill="none" stroke="#7a8494" d="M${side} ${base}H${width - side}"/>${tickLabels(low, high, scale, base)}
${limit && line('limit', x(limit.value), 22, base, limit.label, 18)}${reference && line('even', x(reference.value), 22, base, reference.label, 18)}
${line('median', x(median), 34, base, `median ${valueWords(median, scale)}`, 32)}</svg>`;
}

/** "0.91", "1.5 times". */
function valueWords(value: number, scale: MeasureScale): string {
  return scale === 'log2' ? `${figure(value)} times` : figure(value);
}

function beyond(limit: ChartLimit, x: (value: number) => number, base: number): Html {
  const at = x(limit.value);
  const [from, to] = limit.flagged === 'above' ? [at, width - side] : [side, at];
  return html`<path class="beyond" fill="none" d="M${near(from)} 22H${near(to)}V${base}H${near(from)}z"/>`;
}

function line(kind: string, x: number, top: number, base: number, label: string, y: number): Html {
  const right = x > width / 2;
  return html`<path class="${kind}" fill="none" stroke="#1a1d23" d="M${near(x)} ${top}V${base}"/><text class="ink" x="${near(right ? x - 5 : x + 5)}" y="${y}" text-anchor="${right ? 'end' : 'start'}">${label}</text>`;
}

function tickLabels(low: number, high: number, scale: MeasureScale, base: number): Html[] {
  return axisTicks(low, high, scale).map((tick) => {
    const x = toX(tick, low, high);
    const anchor = x < 24 ? 'start' : x > width - 24 ? 'end' : 'middle';
    return html`<path class="axis" fill="none" stroke="#7a8494" d="M${near(x)} ${base}v4"/><text x="${near(x)}" y="${base + 17}" text-anchor="${anchor}">${tickWords(tick, scale)}</text>`;
  });
}

function tickWords(tick: number, scale: MeasureScale): string {
  const value = valueAt(tick, scale);
  return scale === 'log2' ? `${Number(value.toPrecision(3))}x` : figure(value);
}

function toX(position: number, low: number, high: number): number {
  const share = high > low ? (position - low) / (high - low) : 0.5;
  return side + Math.min(1, Math.max(0, share)) * (width - 2 * side);
}

/** Heat inside boxes (up) against the area of the boxes (across), 20 x 20 cells; on the dashed diagonal the heat is spread evenly. */
export function heatByAreaChart(
  cells: readonly (readonly [number, number, number])[],
  name: string,
  form: ObjectForm,
): Html {
  const left = 44;
  const top = 8;
  const size = 280;
  const step = size / 20;
  const peak = Math.max(1, ...cells.map(([, , count]) => count));
  const squares = cells.map(([area, heat, count]) => {
    const opacity = near(0.25 + 0.75 * (count / peak));
    return html`<path class="bars" fill="#3f6fb5" fill-opacity="${opacity}" d="M${near(left + area * step + 0.5)} ${near(top + size - (heat + 1) * step + 0.5)}h${step - 1}v${step - 1}h-${step - 1}z"/>`;
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = near(left + share * size);
    const up = near(top + size - share * size);
    return html`<path class="grid" fill="none" stroke="#d5dae2" d="M${at} ${top}V${top + size}M${left} ${up}H${left + size}"/><text x="${at}" y="${top + size + 16}" text-anchor="middle">${percent(share)}</text><text x="${left - 6}" y="${near(Number(up) + 4)}" text-anchor="end">${percent(share)}</text>`;
  });
  return html`<svg viewBox="0 0 ${width} 326" role="img" aria-label="${name}">${ticks}${squares}<path class="even" fill="none" stroke="#1a1d23" d="M${left} ${top + size}L${left + size} ${top}"/><text class="ink" x="${left + size - 6}" y="${top + size - 24}" text-anchor="end">below the dashes: less heat</text><text class="ink" x="${left + size - 6}" y="${top + size - 8}" text-anchor="end">than an even spread</text><text x="${left + size / 2}" y="${top + size + 33}" text-anchor="middle">area of the ${form}</text></svg>`;
}

export interface QuantileRow {
  readonly label: string;
  readonly quantiles: Quantiles;
}

/** One strip a row over a common axis: line 5 to 95 %, band 25 to 75 %, tick at the median. */
export function quantileStrips(rows: readonly QuantileRow[], name: string): Html {
  const left = 84;
  const right = 44;
  const high = Math.max(1e-6, ...rows.map((row) => row.quantiles.p95));
  const top = Math.min(1, niceAbove(high));
  const x = (value: number) => left + (Math.min(value, top) / top) * (width - left - right);
  const base = rows.length * 32 + 6;
  const strips = rows.map(({ label, quantiles }, i) => {
    const y = i * 32 + 18;
    const { p5, p25, p50, p75, p95 } = quantiles;
    return html`<text class="ink" x="0" y="${y + 4}">${label}</text><path class="whisker" fill="none" stroke="#3f6fb5" d="M${near(x(p5))} ${y}H${near(x(p95))}"/><path class="box" fill="#3f6fb5" d="M${near(x(p25))} ${y - 7}H${near(Math.max(x(p75), x(p25) + 1))}v14H${near(x(p25))}z"/><path class="median" fill="none" stroke="#1a1d23" d="M${near(x(p50))} ${y - 9}v18"/><text class="ink" x="${width}" y="${y + 4}" text-anchor="end">${figure(p50)}</text>`;
  });
  const ticks = axisTicks(0, top, 'unit').map(
    (tick) =>
      html`<path class="grid" fill="none" stroke="#d5dae2" d="M${near(x(tick))} 0V${base}"/><text x="${near(x(tick))}" y="${base + 15}" text-anchor="middle">${figure(tick)}</text>`,
  );
  return html`<svg viewBox="0 0 ${width} ${base + 20}" role="img" aria-label="${name}">${ticks}${strips}</svg>`;
}

function niceAbove(value: number): number {
  return [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 0.75, 1].find((step) => step >= value) ?? 1;
}

/** The strip of one row of a table, on [0, 1]. */
export function inlineStrip({ p5, p25, p50, p75, p95 }: Quantiles, name: string): Html {
  const x = (value: number) => near(2 + value * 96);
  return html`<svg width="100" height="16" viewBox="0 0 100 16" role="img" aria-label="${name}"><path class="grid" fill="none" stroke="#d5dae2" d="M2 8H98M2 5v6M98 5v6"/><path class="whisker" fill="none" stroke="#3f6fb5" d="M${x(p5)} 8H${x(p95)}"/><path class="box" fill="#3f6fb5" d="M${x(p25)} 3H${x(p75)}v10H${x(p25)}z"/><path class="median" fill="none" stroke="#1a1d23" d="M${x(p50)} 2v12"/></svg>`;
}

/** The bars as a table, for those who want the numbers. */
export function barsTable(histogram: Histogram, scale: MeasureScale): Html {
  const { edges, counts } = chartBars(histogram, scale);
  const rows = counts.flatMap((count, i) =>
    count === 0
      ? []
      : [
          html`<tr><th scope="row">${rangeWords(edges[i] ?? 0, edges[i + 1] ?? 0, scale)}</th><td class="number">${wholeNumber(count)}</td></tr>`,
        ],
  );
  return html`<details><summary>As a table</summary><table><thead><tr><th scope="col">Value</th><th scope="col" class="number">Images</th></tr></thead><tbody>${rows}</tbody></table></details>`;
}

function rangeWords(from: number, to: number, scale: MeasureScale): string {
  if (scale !== 'count') return `${figure(from)} to ${figure(to)}`;
  return to - from <= 1 ? figure(from) : `${figure(from)} to ${figure(to - 1)}`;
}
