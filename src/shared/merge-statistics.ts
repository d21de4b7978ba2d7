import { packStatistics } from './packed-statistics.ts';
import type { ShardStatistics } from './shard-statistics.ts';
import { StatisticsAccumulator } from './statistics-accumulator.ts';

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
