import { fusedColumns, mapColumn, sampleColumns } from '../../shared/catalog/measure-column.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import {
  barsTable,
  type ChartLimit,
  heatByAreaChart,
  histogramChart,
  quantileStrips,
} from '../html/charts.ts';
import { type Html, html } from '../html/html.ts';
import { smallestDistribution } from '../summary/found-headlines.ts';
import type { FlagSummary, MeasureSummary, Summary } from '../summary/summary-schema.ts';
import { capital, counted, figure, mapWords, percent, shareOfImages } from '../words/wording.ts';
import { stageTimes } from './report-times.ts';

/** The measures that headlines and flags rest on, each drawn once, and the stage times. No distribution below 10 images. */
export function measuresSection(summary: Summary, spec: RunSpec): Html {
  const charts = [
    heatByArea(summary),
    lift(summary, spec),
    spread(summary, spec),
    border(summary, spec),
    agreement(summary),
    layerStrips(summary, spec, 'explainedVariance'),
    layerStrips(summary, spec, 'signMargin'),
    stageTimes(summary),
    objectCounts(summary),
    confidence(summary),
  ].filter((chart) => chart !== undefined);
  const lead =
    summary.counts.explained < smallestDistribution
      ? `With ${counted(summary.counts.explained, 'image')} a distribution would say little: look at the images.`
      : 'One chart per measure, over all explained images. Hatched: the side on which an image is flagged. Typical means the median.';
  return html`<section id="measures" aria-labelledby="measures-title"><div class="wrap"><h2 id="measures-title">Measures</h2><p class="lead">${lead}</p>
<div class="charts">${charts}</div></div></section>`;
}

/** A measure with enough values to draw. */
function drawable(summary: Summary, column: string): MeasureSummary | undefined {
  const measure = summary.measures[column];
  return measure !== undefined && measure.n >= smallestDistribution ? measure : undefined;
}

function countOf(flags: readonly FlagSummary[], flag: string): number {
  return flags.find((one) => one.flag === flag)?.count ?? 0;
}

function figureOf({
  id,
  finding,
  note,
  chart,
  table,
  tall,
}: {
  readonly id?: string;
  readonly finding: string;
  readonly note: string;
  readonly chart: Html;
  readonly table?: Html;
  /** Takes two rows of the page. */
  readonly tall?: boolean;
}): Html {
  return html`<figure class="chart panel${tall === true && ' tall'}"${id !== undefined && html` id="${id}"`}><h3>${finding}</h3><p class="small">${note}</p>${chart}${table}</figure>`;
}

function histogram(
  measure: MeasureSummary,
  finding: string,
  options: {
    readonly limit?: ChartLimit;
    readonly reference?: { value: number; label: string };
    readonly id?: string;
    readonly note?: string;
  } = {},
): Html {
  const { scale, quantiles } = measure;
  return figureOf({
    ...(options.id !== undefined && { id: options.id }),
    finding,
    note: `${capital(options.note ?? `${measure.words} (${measure.meaning})`)}; n\u00a0=\u00a0${measure.n}.`,
    chart: histogramChart({
      histogram: measure.histogram,
      scale,
      median: quantiles.p50,
      name: finding,
      ...(options.limit && { limit: options.limit }),
      ...(options.reference && { reference: options.reference }),
    }),
    table: barsTable(measure.histogram, scale),
  });
}

function heatByArea(summary: Summary): Html | undefined {
  const heat = drawable(summary, fusedColumns.energyInBoxes);
  if (heat === undefined || summary.heatByArea.length === 0) return undefined;
  const { heatOnObjects, heatMeasured } = summary.counts;
  const { form } = traitsOf(summary.model.task).words;
  const finding = `In ${shareOfImages(heatOnObjects, heatMeasured)}, more heat inside the ${form} than an even spread`;
  return figureOf({
    id: 'heat-in-boxes',
    finding: finding.replace('In none of', 'In 0 of'),
    note: `Heat inside the model's own ${form} (up) against the area they cover (across); n\u00a0=\u00a0${heat.n}. Self-agreement, not correctness.`,
    tall: true,
    chart: heatByAreaChart(summary.heatByArea, finding, form),
  });
}

function lift(summary: Summary, spec: RunSpec): Html | undefined {
  const measure = drawable(summary, fusedColumns.boxLift);
  if (measure === undefined) return undefined;
  const { form } = traitsOf(summary.model.task).words;
  const finding = `Typically ${figure(measure.quantiles.p50)} times an even spread`;
  const value = spec.options.flags.offObjectLift;
  return histogram(measure, finding, {
    note: `Heat inside the model's own ${form} over the area they cover (lift); 1 is an even spread`,
    limit: {
      value,
      flagged: 'below',
      label: value === 1 ? 'even spread' : `flag below ${figure(value)}`,
    },
  });
}

function spread(summary: Summary, spec: RunSpec): Html | undefined {
  const measure = drawable(summary, fusedColumns.entropy);
  if (measure === undefined) return undefined;
  const value = spec.options.flags.diffuseEntropy;
  const flagged = countOf(summary.flags, 'diffuse');
  return histogram(measure, `Spread over everything: ${shareOfImages(flagged, measure.n)}`, {
    note: 'Spread of the heat (entropy): 0 all in one cell, 1 the same everywhere',
    limit: { value, flagged: 'above', label: `flag above ${figure(value)}` },
  });
}

function border(summary: Summary, spec: RunSpec): Html | undefined {
  const measure = drawable(summary, fusedColumns.borderLift);
  if (measure === undefined) return undefined;
  const value = spec.options.flags.borderLift;
  const flagged = countOf(summary.flags, 'border-focus');
  return histogram(measure, `Heat along the border: ${shareOfImages(flagged, measure.n)}`, {
    note: 'Heat in the outer 5\u00a0% ring over its area; 1 is an even spread',
    limit: { value, flagged: 'above', label: `flag above ${figure(value)}` },
  });
}

function agreement(summary: Summary): Html | undefined {
  const measure = drawable(summary, sampleColumns.layerAgreement);
  if (measure === undefined) return undefined;
  return histogram(measure, `The layers typically agree to ${figure(measure.quantiles.p50)}`, {
    note: 'Mean correlation of the layer maps: 1 the same map, 0 unrelated',
    reference: { value: 0, label: 'unrelated' },
  });
}

function layerStrips(
  summary: Summary,
  spec: RunSpec,
  measure: 'explainedVariance' | 'signMargin',
): Html | undefined {
  const rows = spec.targetLayers.flatMap(({ column }) => {
    const one = drawable(summary, mapColumn(measure, column));
    return one === undefined
      ? []
      : [{ label: mapWords(column), quantiles: one.quantiles, n: one.n }];
  });
  const best = [...rows].sort((a, b) => b.quantiles.p50 - a.quantiles.p50)[0];
  const least = [...rows].sort((a, b) => a.quantiles.p50 - b.quantiles.p50)[0];
  if (best === undefined || least === undefined) return undefined;
  const shown = measure === 'explainedVariance';
  const finding = shown
    ? `The map shows most of its layer's activity at ${best.label}: ${percent(best.quantiles.p50)}`
    : `Hot and cold are least certain at ${least.label}: ${figure(least.quantiles.p50)}`;
  const note = shown
    ? "Explained variance: share of the layer's activity that the component shows"
    : "Sign certainty: correlation of the map with the strength of the layer's activity";
  return figureOf({
    finding,
    note: `${note}; line 5 to 95\u00a0%, band 25 to 75\u00a0%, tick the median; n\u00a0=\u00a0${best.n}.`,
    chart: quantileStrips(rows, finding),
  });
}

function objectCounts(summary: Summary): Html | undefined {
  const measure = drawable(summary, sampleColumns.detections);
  if (measure === undefined || !traitsOf(summary.model.task).findsObjects) return undefined;
  const { p5, p50, p95 } = measure.quantiles;
  const finding = `Typically ${counted(p50, 'object')} per image, ${figure(p5)} to ${figure(p95)} in 9 of 10`;
  return histogram(measure, finding, { note: 'Objects found, per image' });
}

function confidence(summary: Summary): Html | undefined {
  const measure = drawable(summary, sampleColumns.confidence);
  if (measure === undefined) return undefined;
  const finding = `Typical confidence ${figure(measure.quantiles.p50)}`;
  const note = traitsOf(summary.model.task).words.confidence;
  return histogram(measure, finding, { note });
}
