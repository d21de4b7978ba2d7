import type { RunSpec } from './run-spec.ts';

/** The part of a run's spec that says which images each shard has; posted between threads. */
export interface PlannedShards {
  readonly runId: string;
  readonly dataset: Pick<RunSpec['dataset'], 'images' | 'shards'>;
  readonly options: Pick<RunSpec['options'], 'shardSize'>;
}

/** How many images a shard has by the plan. */
export function imagesOfShard({ dataset, options }: PlannedShards, shard: number): number {
  const { shardSize } = options;
  return Math.max(0, Math.min(shardSize, dataset.images - shard * shardSize));
}
