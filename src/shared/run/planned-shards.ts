import type { RunSpec } from './run-spec.ts';

/** The part of a run's spec that says which images each shard has; posted between threads. */
export interface PlannedShards {
  readonly runId: string;
  readonly dataset: Pick<RunSpec['dataset'], 'images' | 'shards' | 'shardImages'>;
  readonly options: Pick<RunSpec['options'], 'shardSize'>;
}

/** How many images a shard has by the plan. */
export function imagesOfShard({ dataset, options }: PlannedShards, shard: number): number {
  const { shardImages } = dataset;
  if (shardImages !== undefined) return shardImages[shard] ?? 0;
  const { shardSize } = options;
  return Math.max(0, Math.min(shardSize, dataset.images - shard * shardSize));
}

/** How a dataset is cut into shards: so many images each, and the last one the rest; or the images of each. */
export type ShardCut = number | readonly number[];

/** How a run's lists of images and labels are cut. */
export function cutOf({ dataset, options }: Omit<PlannedShards, 'runId'>): ShardCut {
  return dataset.shardImages ?? options.shardSize;
}
