import { IntegerUnpacker } from '../packed-integers.ts';
import type {
  ClassEvidenceStatistics,
  Distribution,
  Exemplar,
  MapSum,
  ShardStatistics,
} from '../shard-statistics.ts';
import type { PackedExemplars } from './packed-exemplars.ts';
import type {
  PackedDistribution,
  PackedEvidence,
  PackedMapSum,
  PackedStatistics,
} from './packed-statistics.ts';

/** The statistics of a marker of schema `done@3`. Throws RangeError where a text is damaged. */
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

function unpackIntegers(text: string): number[] {
  const { values, count } = new IntegerUnpacker().unpack(text);
  return Array.from(values.subarray(0, count));
}

function unpackExemplars({ value, key, shard, row }: PackedExemplars): Exemplar[] {
  return value.map((one, i) => ({
    value: one,
    key: key[i] as string,
    shard: shard[i] as number,
    row: row[i] as number,
  }));
}

function unpackDistribution({ first, bins: packed, ...moments }: PackedDistribution): Distribution {
  const integers = unpackIntegers(packed);
  const bins: [number, number][] = [];
  let bin = first;
  for (let i = 0; i + 1 < integers.length; i += 2) {
    bin += integers[i] as number;
    bins.push([bin, integers[i + 1] as number]);
  }
  return { ...moments, bins };
}

function unpackMapSum({ n, height, width, sum, cells }: PackedMapSum): MapSum {
  const unpacked = { n, height, width, sum: unpackIntegers(sum) };
  return cells === undefined ? unpacked : { ...unpacked, cells: unpackIntegers(cells) };
}

function mapValues<A, B>(record: Record<string, A>, convert: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, convert(value)]));
}
