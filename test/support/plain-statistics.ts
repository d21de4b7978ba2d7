import { storeStatistics } from '../../src/shared/statistics/columns/store-statistics.ts';
import type { ShardStatistics } from '../../src/shared/statistics/shard-statistics.ts';
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
  accumulator.merge(storeStatistics(a));
  accumulator.merge(storeStatistics(b));
  return accumulator.build();
}
