import { z } from 'zod';
import { packIntegers, unpackIntegers } from './packed-integers.ts';
import {
  classStatisticsSchema,
  type Distribution,
  distributionSchema,
  type MapSum,
  mapSumSchema,
  type ShardStatistics,
  shardStatisticsSchema,
} from './shard-statistics.ts';

/** `first`: the first bin; `bins`: for each bin its distance from the one before and its count, as `packIntegers` text. */
export const packedDistributionSchema = distributionSchema.extend({
  first: z.number().int(),
  bins: z.base64(),
});
export type PackedDistribution = z.infer<typeof packedDistributionSchema>;

/** `sum` and `cells` as `packIntegers` text. */
export const packedMapSumSchema = mapSumSchema.extend({
  sum: z.base64(),
  cells: z.base64().optional(),
});
export type PackedMapSum = z.infer<typeof packedMapSumSchema>;

const packedClassSchema = classStatisticsSchema.extend({
  confidence: packedDistributionSchema,
  boxArea: packedDistributionSchema,
  boxMap: packedMapSumSchema,
});

/**
 * `ShardStatistics` as a marker stores them. Measured on 80 classes and 3 layers, against plain JSON: 0.23 instead of 0.36 MB, and
 * JSON.parse in 0.7 instead of 2.9 ms, which is what 39,000 markers need to merge within a minute.
 */
export const packedStatisticsSchema = shardStatisticsSchema.extend({
  classes: z.record(z.string(), packedClassSchema),
  measures: z.record(z.string(), packedDistributionSchema),
  meanMaps: z.record(z.string(), packedMapSumSchema),
});
export type PackedStatistics = z.infer<typeof packedStatisticsSchema>;

export function packStatistics(statistics: ShardStatistics): PackedStatistics {
  return {
    ...statistics,
    classes: mapValues(statistics.classes, (one) => ({
      ...one,
      confidence: packDistribution(one.confidence),
      boxArea: packDistribution(one.boxArea),
      boxMap: packMapSum(one.boxMap),
    })),
    measures: mapValues(statistics.measures, packDistribution),
    meanMaps: mapValues(statistics.meanMaps, packMapSum),
  };
}

export function unpackStatistics(packed: PackedStatistics): ShardStatistics {
  return {
    ...packed,
    classes: mapValues(packed.classes, (one) => ({
      ...one,
      confidence: unpackDistribution(one.confidence),
      boxArea: unpackDistribution(one.boxArea),
      boxMap: unpackMapSum(one.boxMap),
    })),
    measures: mapValues(packed.measures, unpackDistribution),
    meanMaps: mapValues(packed.meanMaps, unpackMapSum),
  };
}

function packDistribution(distribution: Distribution): PackedDistribution {
  const first = distribution.bins[0]?.[0] ?? 0;
  const integers: number[] = [];
  let previous = first;
  for (const [bin, count] of distribution.bins) {
    integers.push(bin - previous, count);
    previous = bin;
  }
  return { ...distribution, first, bins: packIntegers(integers) };
}

function unpackDistribution({ first, ...packed }: PackedDistribution): Distribution {
  const integers = unpackIntegers(packed.bins);
  const bins: [number, number][] = [];
  let bin = first;
  for (let i = 0; i + 1 < integers.length; i += 2) {
    bin += integers[i] as number;
    bins.push([bin, integers[i + 1] as number]);
  }
  return { ...packed, bins };
}

function packMapSum(mapSum: MapSum): PackedMapSum {
  const { n, height, width, sum, cells } = mapSum;
  const packed = { n, height, width, sum: packIntegers(sum) };
  return cells === undefined ? packed : { ...packed, cells: packIntegers(cells) };
}

function unpackMapSum({ n, height, width, sum, cells }: PackedMapSum): MapSum {
  const unpacked = { n, height, width, sum: unpackIntegers(sum) };
  return cells === undefined ? unpacked : { ...unpacked, cells: unpackIntegers(cells) };
}

function mapValues<A, B>(record: Record<string, A>, convert: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, convert(value)]));
}
