import type {
  ClassStatistics,
  Distribution,
  Exemplar,
  MapSum,
  ShardStatistics,
} from '../shard-statistics.ts';
import { ColumnWriter } from './column-writer.ts';
import { evidenceParts } from './evidence-parts.ts';
import type { StoredStatistics } from './stored-statistics.ts';

/** Statistics as a marker stores them, and as threads pass them on. Throws RangeError where a count is none. */
export function storeStatistics(statistics: ShardStatistics): StoredStatistics {
  const { classes, measures, meanMaps, flags, extremes } = statistics;
  const layers = [
    ...new Set(Object.values(classes).flatMap((one) => Object.keys(one.evidence?.layers ?? {}))),
  ];
  return {
    ...countsOf(statistics),
    names: {
      measures: Object.keys(measures),
      meanMaps: Object.keys(meanMaps),
      classes: Object.keys(classes),
      layers,
      flags: Object.keys(flags),
      extremes: Object.keys(extremes),
    },
    columns: columnsOf(statistics, layers),
  };
}

function countsOf(statistics: ShardStatistics): Omit<StoredStatistics, 'names' | 'columns'> {
  const { images, statuses, reasons, objects, imagesWithObjects, flaggedImages, aspectRatios } =
    statistics;
  return { images, statuses, reasons, objects, imagesWithObjects, flaggedImages, aspectRatios };
}

function columnsOf(statistics: ShardStatistics, layers: readonly string[]): Uint8Array {
  const { measures, meanMaps, energyByArea, flags } = statistics;
  const classes = Object.values(statistics.classes);
  const writer = new ColumnWriter();
  writer.counts(energyByArea.flat());
  writeClasses(writer, classes, layers);
  const ofClasses = classes.map(partsOf);
  const distributions = [
    ...Object.values(measures),
    ...ofClasses.flatMap((parts) => parts.flatMap((one) => ('bins' in one ? [one] : []))),
  ];
  const maps = [
    ...Object.values(meanMaps),
    ...ofClasses.flatMap((parts) => parts.flatMap((one) => ('bins' in one ? [] : [one]))),
  ];
  writer.numbers(distributions.flatMap((one) => [one.n, one.sum, one.min, one.max, firstBin(one)]));
  writer.counts(maps.flatMap(({ n, cells }) => [n, cells === undefined ? 0 : 1]));
  for (const one of Object.values(measures)) writeBins(writer, one);
  for (const one of Object.values(meanMaps)) writeMap(writer, one);
  for (const one of ofClasses.flat()) {
    if ('bins' in one) writeBins(writer, one);
    else writeMap(writer, one);
  }
  writer.counts(Object.values(flags).map(({ count }) => count));
  writeRankings(writer, rankingsOf(statistics));
  return writer.finish();
}

function writeClasses(
  writer: ColumnWriter,
  classes: readonly ClassStatistics[],
  layers: readonly string[],
): void {
  writer.counts(
    classes.flatMap((one) => [one.objects, one.images, one.evidence === undefined ? 0 : 1]),
  );
  const evidence = classes.flatMap((one) => one.evidence ?? []);
  writer.counts(evidence.flatMap(({ others }) => [others.images, others.sum]));
  writer.counts(evidence.flatMap((one) => layers.map((layer) => one.layers[layer] ?? 0)));
}

/** Distributions and maps, in the order of the columns. */
function partsOf({ confidence, boxArea, boxMap, evidence }: ClassStatistics) {
  const own: (Distribution | MapSum)[] = [confidence, boxArea, boxMap];
  if (evidence === undefined) return own;
  return [...own, ...evidenceParts.map((name) => evidence[name]), evidence.boxMap];
}

function firstBin({ bins }: Distribution): number {
  return bins[0]?.[0] ?? 0;
}

function writeBins(writer: ColumnWriter, distribution: Distribution): void {
  let previous = firstBin(distribution);
  const integers: number[] = [];
  for (const [bin, count] of distribution.bins) {
    integers.push(bin - previous, count);
    previous = bin;
  }
  writer.counts(integers);
}

function writeMap(writer: ColumnWriter, { sum, cells }: MapSum): void {
  writer.counts(sum);
  if (cells !== undefined) writer.counts(cells);
}

function rankingsOf({ flags, extremes, evenSample }: ShardStatistics): (readonly Exemplar[])[] {
  const both = Object.values(extremes).flatMap(({ lowest, highest }) => [lowest, highest]);
  return [...Object.values(flags).map(({ exemplars }) => exemplars), ...both, evenSample];
}

/** An image is an exemplar of many measures, and is named once. */
function writeRankings(writer: ColumnWriter, rankings: readonly (readonly Exemplar[])[]): void {
  const places = new Map<string, number>();
  const samples: Exemplar[] = [];
  const all = rankings.flat();
  const placed = all.map((exemplar) => {
    const { key, shard, row } = exemplar;
    const name = `${shard} ${row} ${key}`;
    const place = places.get(name) ?? samples.length;
    if (place === samples.length) samples.push(exemplar);
    places.set(name, place);
    return place;
  });
  let end = 0;
  writer.counts(
    samples.map(({ key }) => {
      end += writer.text(key);
      return end;
    }),
  );
  writer.counts(samples.map(({ shard }) => shard));
  writer.counts(samples.map(({ row }) => row));
  writer.counts(rankings.map(({ length }) => length));
  writer.numbers(all.map(({ value }) => value));
  writer.counts(placed);
}
