import { currentFlag, type FlagName, flagRanking } from '../catalog/flag-catalog.ts';
import { parseColumn } from '../catalog/measure-column.ts';
import { ClassAccumulator } from './class-accumulator.ts';
import type { Pool, PoolList } from './columns/column-layout.ts';
import { ColumnReader } from './columns/column-reader.ts';
import { evidenceParts } from './columns/evidence-parts.ts';
import { StoredParts } from './columns/stored-parts.ts';
import { StoredSamples } from './columns/stored-samples.ts';
import type { StoredStatistics } from './columns/stored-statistics.ts';
import { DistributionAccumulator } from './distribution-accumulator.ts';
import { compareText, Ranking } from './exemplars.ts';
import { MapSumAccumulator } from './map-sum.ts';
import { ReasonTally } from './reason-tally.ts';
import type { ShardStatistics } from './shard-statistics.ts';
import { sumOf } from './sum-of.ts';
import { Tally } from './tally.ts';

/** Height and width of the frame of a mean map. */
export const meanFrameSize = 32;
const exemplarsKept = 16;
const evenSampleKept = 64;

class FlagAccumulator {
  count = 0;
  readonly ranking: Ranking;

  constructor(flag: string) {
    this.ranking = new Ranking(flagRanking(flag as FlagName), exemplarsKept);
  }
}

class ExtremesAccumulator {
  readonly lowest = new Ranking('lowest', exemplarsKept);
  readonly highest = new Ranking('highest', exemplarsKept);
}

/**
 * Accumulates statistics, sample by sample or shard by shard. Everything kept is an integer count, an integer sum, a minimum,
 * a maximum or the head of a total order, so `build()` returns the same value, with its keys in the same order, whatever the order
 * and the grouping of what was added.
 */
export class StatisticsAccumulator {
  images = 0;
  objects = 0;
  imagesWithObjects = 0;
  flaggedImages = 0;
  readonly statuses = new Tally();
  readonly reasons = new ReasonTally();
  readonly evenSample = new Ranking('lowest', evenSampleKept);
  /** By 20 * area bin + energy bin. */
  readonly energyByArea = new Float64Array(400);
  readonly aspectRatios = new Map<number, number>();
  readonly #classes = new Map<string, ClassAccumulator>();
  readonly #measures = new Map<string, DistributionAccumulator>();
  readonly #flags = new Map<string, FlagAccumulator>();
  readonly #extremes = new Map<string, ExtremesAccumulator>();
  readonly #meanMaps = new Map<string, MapSumAccumulator>();

  classOf(classId: string): ClassAccumulator {
    return getOrMake(this.#classes, classId, () => new ClassAccumulator());
  }

  /** Throws a RangeError for a column that is not a measure of the catalog. */
  measureOf(column: string): DistributionAccumulator {
    return getOrMake(this.#measures, column, () => {
      const kind = parseColumn(column)?.kind;
      if (kind === undefined) throw new RangeError(`Expected a measure, received ${column}.`);
      return new DistributionAccumulator(kind.scale);
    });
  }

  flagOf(flag: string): FlagAccumulator {
    const name = currentFlag(flag);
    return getOrMake(this.#flags, name, () => new FlagAccumulator(name));
  }

  extremesOf(column: string): ExtremesAccumulator {
    return getOrMake(this.#extremes, column, () => new ExtremesAccumulator());
  }

  meanMapOf(layer: string): MapSumAccumulator {
    return getOrMake(
      this.#meanMaps,
      layer,
      () => new MapSumAccumulator(meanFrameSize, meanFrameSize),
    );
  }

  addAspectRatio(bin: number, count: number): void {
    this.aspectRatios.set(bin, (this.aspectRatios.get(bin) ?? 0) + count);
  }

  /** Adds the statistics of a marker, or any others of `storeStatistics`. Throws RangeError where they are damaged, and may have added a part of them. */
  merge(stored: StoredStatistics): void {
    this.#mergeCounts(stored);
    const { names, columns } = stored;
    const reader = new ColumnReader(columns);
    this.#mergeEnergyByArea(reader);
    const evidence = this.#mergeClassCounts(reader, names);
    const parts = new StoredParts(reader, {
      distributions:
        names.measures.length + 2 * names.classes.length + evidenceParts.length * evidence.size,
      maps: names.meanMaps.length + names.classes.length + evidence.size,
    });
    for (const column of names.measures) parts.distribution(this.measureOf(column));
    for (const layer of names.meanMaps) parts.map(this.meanMapOf(layer));
    for (const classId of names.classes) {
      const one = this.classOf(classId);
      parts.distribution(one.confidence);
      parts.distribution(one.boxArea);
      parts.map(one.boxMap);
      if (!evidence.has(classId)) continue;
      for (const name of evidenceParts) parts.distribution(one.evidence[name]);
      parts.map(one.evidence.boxMap);
    }
    this.#mergeExemplars(reader, names);
    reader.end();
  }

  /** Returns the totals, keys sorted: the same bytes as JSON in any order of merging. */
  build(): ShardStatistics {
    return {
      images: this.images,
      statuses: Object.fromEntries(this.statuses.entries()),
      reasons: this.reasons.build(),
      objects: this.objects,
      imagesWithObjects: this.imagesWithObjects,
      flaggedImages: this.flaggedImages,
      classes: buildRecord(this.#classes, (one) => one.build()),
      measures: buildRecord(this.#measures, (one) => one.build()),
      energyByArea: this.#buildEnergyByArea(),
      flags: buildRecord(this.#flags, ({ count, ranking }) => ({
        count,
        exemplars: ranking.build(),
      })),
      extremes: buildRecord(this.#extremes, ({ lowest, highest }) => ({
        lowest: lowest.build(),
        highest: highest.build(),
      })),
      evenSample: this.evenSample.build(),
      meanMaps: buildRecord(this.#meanMaps, (one) => one.build()),
      aspectRatios: [...this.aspectRatios].sort(([a], [b]) => a - b),
    };
  }

  #mergeCounts(stored: StoredStatistics): void {
    this.images += stored.images;
    this.objects += stored.objects;
    this.imagesWithObjects += stored.imagesWithObjects;
    this.flaggedImages += stored.flaggedImages;
    for (const [status, count] of Object.entries(stored.statuses)) this.statuses.add(status, count);
    for (const [reason, entry] of Object.entries(stored.reasons)) this.reasons.add(reason, entry);
    for (const [bin, count] of stored.aspectRatios) this.addAspectRatio(bin, count);
  }

  #mergeEnergyByArea(reader: ColumnReader): void {
    const { values, start, end } = reader.counts();
    for (let i = start; i + 2 < end; i += 3) {
      const cell = (values[i] as number) * 20 + (values[i + 1] as number);
      this.energyByArea[cell] = (this.energyByArea[cell] as number) + (values[i + 2] as number);
    }
  }

  /** @returns the classes that have evidence, whose parts follow theirs */
  #mergeClassCounts(
    reader: ColumnReader,
    { classes, layers }: StoredStatistics['names'],
  ): ReadonlySet<string> {
    const counts = reader.counts(3 * classes.length);
    const withEvidence = new Set<string>();
    for (const [i, classId] of classes.entries()) {
      const at = counts.start + 3 * i;
      const one = this.classOf(classId);
      one.objects += counts.values[at] as number;
      one.images += counts.values[at + 1] as number;
      if (counts.values[at + 2] === 1) withEvidence.add(classId);
    }
    const others = reader.counts(2 * withEvidence.size);
    const byLayer = reader.counts(layers.length * withEvidence.size);
    for (const [i, classId] of [...withEvidence].entries()) {
      const { evidence } = this.classOf(classId);
      const at = others.start + 2 * i;
      evidence.addOthers({ images: others.values[at] ?? 0, sum: others.values[at + 1] ?? 0 });
      for (const [j, layer] of layers.entries()) {
        const count = byLayer.values[byLayer.start + i * layers.length + j] as number;
        if (count > 0) evidence.layers.add(layer, count);
      }
    }
    return withEvidence;
  }

  #mergeExemplars(reader: ColumnReader, { flags, extremes }: StoredStatistics['names']): void {
    const counts = reader.counts(flags.length);
    const samples = new StoredSamples(reader);
    const lengths = reader.counts(flags.length + 2 * extremes.length + 1);
    const all = sumOf(elementsOf(lengths));
    const stored = {
      values: elementsOf(reader.numbers(all)),
      places: elementsOf(reader.counts(all)),
      samples,
    };
    let [next, at] = [lengths.start, 0];
    const merge = (ranking: Ranking): void => {
      const count = lengths.values[next++] as number;
      ranking.merge(stored, at, count);
      at += count;
    };
    for (const [i, name] of flags.entries()) {
      const flag = this.flagOf(name);
      flag.count += counts.values[counts.start + i] as number;
      merge(flag.ranking);
    }
    for (const column of extremes) {
      const { lowest, highest } = this.extremesOf(column);
      merge(lowest);
      merge(highest);
    }
    merge(this.evenSample);
  }

  #buildEnergyByArea(): [number, number, number][] {
    const cells: [number, number, number][] = [];
    this.energyByArea.forEach((count, cell) => {
      if (count > 0) cells.push([Math.floor(cell / 20), cell % 20, count]);
    });
    return cells;
  }
}

function elementsOf({ values, start, end }: PoolList): Pool {
  return values.subarray(start, end);
}

function getOrMake<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

function buildRecord<A, B>(map: Map<string, A>, build: (value: A) => B): Record<string, B> {
  const sorted = [...map].sort(([a], [b]) => compareText(a, b));
  return Object.fromEntries(sorted.map(([key, value]) => [key, build(value)]));
}
