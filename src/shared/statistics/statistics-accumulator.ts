import { currentFlag, type FlagName, flagRanking } from '../catalog/flag-catalog.ts';
import { parseColumn } from '../catalog/measure-column.ts';
import { ClassAccumulator } from './class-accumulator.ts';
import { DistributionAccumulator } from './distribution-accumulator.ts';
import type { EvidenceAccumulator } from './evidence-accumulator.ts';
import { compareText, Ranking } from './exemplars.ts';
import { MapSumAccumulator } from './map-sum.ts';
import { IntegerUnpacker } from './packed-integers.ts';
import type {
  PackedDistribution,
  PackedEvidence,
  PackedMapSum,
  PackedStatistics,
} from './packed-statistics.ts';
import { ReasonTally } from './reason-tally.ts';
import type { ShardStatistics } from './shard-statistics.ts';
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
  readonly #unpacker = new IntegerUnpacker();
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

  /** Adds the statistics of a marker, or any others packed with `packStatistics`. */
  merge(packed: PackedStatistics): void {
    this.#mergeCounts(packed);
    this.#mergeClasses(packed.classes);
    for (const [column, distribution] of Object.entries(packed.measures)) {
      this.#mergeDistribution(this.measureOf(column), distribution);
    }
    for (const [layer, mapSum] of Object.entries(packed.meanMaps)) {
      this.#mergeMapSum(this.meanMapOf(layer), mapSum);
    }
    this.#mergeExemplars(packed);
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

  #mergeCounts(packed: PackedStatistics): void {
    this.images += packed.images;
    this.objects += packed.objects;
    this.imagesWithObjects += packed.imagesWithObjects;
    this.flaggedImages += packed.flaggedImages;
    for (const [status, count] of Object.entries(packed.statuses)) this.statuses.add(status, count);
    for (const [reason, entry] of Object.entries(packed.reasons)) this.reasons.add(reason, entry);
    for (const [area, energy, count] of packed.energyByArea) {
      const cell = area * 20 + energy;
      this.energyByArea[cell] = (this.energyByArea[cell] as number) + count;
    }
    for (const [bin, count] of packed.aspectRatios) this.addAspectRatio(bin, count);
  }

  #mergeClasses(classes: PackedStatistics['classes']): void {
    for (const [classId, other] of Object.entries(classes)) {
      const one = this.classOf(classId);
      one.objects += other.objects;
      one.images += other.images;
      this.#mergeDistribution(one.confidence, other.confidence);
      this.#mergeDistribution(one.boxArea, other.boxArea);
      this.#mergeMapSum(one.boxMap, other.boxMap);
      if (other.evidence !== undefined) this.#mergeEvidence(one.evidence, other.evidence);
    }
  }

  #mergeEvidence(into: EvidenceAccumulator, other: PackedEvidence): void {
    for (const [layer, images] of Object.entries(other.layers)) into.layers.add(layer, images);
    this.#mergeDistribution(into.share, other.share);
    this.#mergeDistribution(into.area, other.area);
    this.#mergeDistribution(into.ceiling, other.ceiling);
    this.#mergeDistribution(into.lift, other.lift);
    this.#mergeDistribution(into.attainable, other.attainable);
    into.addOthers(other.others);
    this.#mergeMapSum(into.boxMap, other.boxMap);
  }

  #mergeDistribution(into: DistributionAccumulator, other: PackedDistribution): void {
    into.addMoments(other);
    const { values, count } = this.#unpacker.unpack(other.bins);
    let bin = other.first;
    for (let i = 0; i + 1 < count; i += 2) {
      bin += values[i] as number;
      into.addBin(bin, values[i + 1] as number);
    }
  }

  #mergeMapSum(into: MapSumAccumulator, { n, sum, cells }: PackedMapSum): void {
    if (n === 0) return;
    const sums = this.#unpacker.unpack(sum);
    into.addSums(n, sums.values, sums.count);
    if (cells === undefined) return;
    const covered = this.#unpacker.unpack(cells);
    into.addCells(n, covered.values, covered.count);
  }

  #mergeExemplars({ flags, extremes, evenSample }: PackedStatistics): void {
    for (const [name, { count, exemplars }] of Object.entries(flags)) {
      const flag = this.flagOf(name);
      flag.count += count;
      flag.ranking.merge(exemplars);
    }
    for (const [column, { lowest, highest }] of Object.entries(extremes)) {
      const extremesOfColumn = this.extremesOf(column);
      extremesOfColumn.lowest.merge(lowest);
      extremesOfColumn.highest.merge(highest);
    }
    this.evenSample.merge(evenSample);
  }

  #buildEnergyByArea(): [number, number, number][] {
    const cells: [number, number, number][] = [];
    this.energyByArea.forEach((count, cell) => {
      if (count > 0) cells.push([Math.floor(cell / 20), cell % 20, count]);
    });
    return cells;
  }
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
