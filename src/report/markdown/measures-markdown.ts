import { measureCatalog } from '../../shared/catalog/measure-catalog.ts';
import { isOfImage, parseColumn } from '../../shared/catalog/measure-column.ts';
import type { Exemplar } from '../../shared/statistics/shard-statistics.ts';
import { chartBars } from '../html/chart-bars.ts';
import type { MeasureSummary, Summary } from '../summary/summary-schema.ts';
import { columnWords, duration, figure, percent, wholeNumber } from '../words/wording.ts';
import { cellCode, escapeSentence, numbers, table, words } from './markdown.ts';

const worstShown = 3;
const blocks = [...'▁▂▃▄▅▆▇█'];

/** Every measure of maps and answers, in the order of the catalog: images, histogram as a line of blocks, quantiles. */
export function measuresMarkdown(summary: Summary): string | undefined {
  return measuresTable(summary, 'Measures', (column) => !isOfInput(column));
}

/** The same of the images as they came. */
export function inputsMarkdown(summary: Summary): string | undefined {
  return measuresTable(summary, 'Input', isOfInput);
}

function isOfInput(column: string): boolean {
  return parseColumn(column)?.kind.input === true;
}

function measuresTable(
  { measures }: Summary,
  title: string,
  accepts: (column: string) => boolean,
): string | undefined {
  const rows = inCatalogOrder(Object.keys(measures).filter(accepts)).flatMap((column) => {
    const measure = measures[column];
    return measure === undefined ? [] : [measureRow(column, measure)];
  });
  if (rows.length === 0) return undefined;
  const quantiles = ['5 %', '25 %', 'Median', '75 %', '95 %'].map(numbers);
  const head = [words('Measure'), numbers('Images'), words('Histogram'), ...quantiles];
  return table(title, head, rows);
}

function measureRow(column: string, measure: MeasureSummary): string[] {
  const { p5, p25, p50, p75, p95 } = measure.quantiles;
  return [
    escapeSentence(columnWords(column)),
    wholeNumber(measure.n),
    sparkline(measure),
    ...[p5, p25, p50, p75, p95].map(figure),
  ];
}

/** One block a bar, its height the count over the greatest; a space that does not break where there is nothing. */
function sparkline({ histogram, scale }: MeasureSummary): string {
  const { counts } = chartBars(histogram, scale);
  const greatest = Math.max(...counts);
  return counts
    .map((count) => (count === 0 ? '\u00a0' : blocks[Math.ceil((count / greatest) * 8) - 1]))
    .join('');
}

/** The images at either end of each measure of the fused map and of the image: which end is bad depends on the data. */
export function worstMarkdown({ extremes, measures }: Summary): string | undefined {
  const columns = Object.keys(extremes).filter(isOfImage);
  const rows = inCatalogOrder(columns).flatMap((column) => {
    const { lowest = [], highest = [] } = extremes[column] ?? {};
    if (lowest.length + highest.length === 0) return [];
    // Where all images have one value there are no ends: both would list the same images.
    const measure = measures[column];
    if (measure !== undefined && measure.min === measure.max) return [];
    return [[escapeSentence(columnWords(column)), named(lowest), named(highest)]];
  });
  if (rows.length === 0) return undefined;
  return table('Images at either end', ['Measure', 'Lowest', 'Highest'].map(words), rows);
}

function named(exemplars: readonly Exemplar[]): string {
  return exemplars
    .slice(0, worstShown)
    .map(({ key, value }) => `${cellCode(key)} ${figure(value)}`)
    .join(', ');
}

/** Where the time went: work of each stage, summed over the images; stages overlap, so the sum exceeds the wall time. */
export function stagesMarkdown({ timings, counts }: Summary): string | undefined {
  const stages = Object.entries(timings.stagesMs);
  const total = stages.reduce((sum, [, ms]) => sum + ms, 0);
  if (total === 0) return undefined;
  const rows = stages
    .sort(([, a], [, b]) => b - a)
    .map(([stage, ms]) => [
      escapeSentence(stage),
      duration(ms),
      duration(ms / Math.max(1, counts.images)),
      percent(ms / total),
    ]);
  const head = [words('Stage'), ...['Work', 'Per image', 'Share'].map(numbers)];
  return table('Time', head, rows);
}

function inCatalogOrder(columns: readonly string[]): string[] {
  const place = (column: string) =>
    measureCatalog.findIndex(({ name }) => name === parseColumn(column)?.kind.name);
  return [...columns].sort((a, b) => place(a) - place(b));
}
