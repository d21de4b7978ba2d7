import assert from 'node:assert/strict';
import type { PackedExemplars } from '../../src/shared/statistics/packed-exemplars.ts';
import { IntegerUnpacker } from '../../src/shared/statistics/packed-integers.ts';
import {
  type PackedDistribution,
  type PackedEvidence,
  type PackedMapSum,
  type PackedStatistics,
  packStatistics,
} from '../../src/shared/statistics/packed-statistics.ts';
import type {
  ClassEvidenceStatistics,
  Distribution,
  Exemplar,
  MapSum,
  ShardStatistics,
} from '../../src/shared/statistics/shard-statistics.ts';
import { StatisticsAccumulator } from '../../src/shared/statistics/statistics-accumulator.ts';

/** Statistics of no sample: the neutral element of `mergeStatistics`. */
export function emptyStatistics(): ShardStatistics {
  return new StatisticsAccumulator().build();
}

/**
 * Statistics of both sets of samples. Associative and commutative to the byte. For many shards use one `StatisticsAccumulator`,
 * which merges in place.
 */
export function mergeStatistics(a: ShardStatistics, b: ShardStatistics): ShardStatistics {
  const accumulator = new StatisticsAccumulator();
  accumulator.merge(packStatistics(a));
  accumulator.merge(packStatistics(b));
  return accumulator.build();
}

/** The statistics that `packStatistics` packed. */
export function unpackStatistics(packed: PackedStatistics): ShardStatistics {
  return {
    ...packed,
    classes: mapValues(packed.classes, ({ evidence, ...one }) => ({
      ...one,
      ...(evidence && { evidence: unpackEvidence(evidence) }),
      confidence: unpackDistribution(one.confidence),
      boxArea: unpackDistribution(one.boxArea),
      boxMap: unpackMapSum(one.boxMap),
    })),
    measures: mapValues(packed.measures, unpackDistribution),
    flags: mapValues(packed.flags, ({ count, exemplars }) => ({
      count,
      exemplars: unpackExemplars(exemplars),
    })),
    extremes: mapValues(packed.extremes, ({ lowest, highest }) => ({
      lowest: unpackExemplars(lowest),
      highest: unpackExemplars(highest),
    })),
    evenSample: unpackExemplars(packed.evenSample),
    meanMaps: mapValues(packed.meanMaps, unpackMapSum),
  };
}

function unpackEvidence(packed: PackedEvidence): ClassEvidenceStatistics {
  return {
    ...packed,
    share: unpackDistribution(packed.share),
    area: unpackDistribution(packed.area),
    ceiling: unpackDistribution(packed.ceiling),
    lift: unpackDistribution(packed.lift),
    attainable: unpackDistribution(packed.attainable),
    boxMap: unpackMapSum(packed.boxMap),
  };
}

/** The integers that `packIntegers` packed. Throws a RangeError on text that it did not make. */
export function unpackIntegers(text: string): number[] {
  const { values, count } = new IntegerUnpacker().unpack(text);
  return Array.from(values.subarray(0, count));
}

function unpackExemplars({ value, key, shard, row }: PackedExemplars): Exemplar[] {
  for (const { length } of [key, shard, row]) assert.equal(length, value.length);
  return value.map((one, i) => ({ value: one, key: key[i]!, shard: shard[i]!, row: row[i]! }));
}

function unpackDistribution({ first, ...packed }: PackedDistribution): Distribution {
  const integers = unpackIntegers(packed.bins);
  assert.equal(integers.length % 2, 0);
  const bins: [number, number][] = [];
  let bin = first;
  for (let i = 0; i < integers.length; i += 2) {
    bin += integers[i]!;
    bins.push([bin, integers[i + 1]!]);
  }
  return { ...packed, bins };
}

function unpackMapSum({ n, height, width, sum, cells }: PackedMapSum): MapSum {
  const unpacked = { n, height, width, sum: unpackIntegers(sum) };
  return cells === undefined ? unpacked : { ...unpacked, cells: unpackIntegers(cells) };
}

function mapValues<A, B>(record: Record<string, A>, convert: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, convert(value)]));
}
