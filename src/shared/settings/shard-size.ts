/** Samples a shard of a large dataset, and what a run id holds where nobody said another size: runs of every version find each other by it. */
export const usualShardSize = 256;

/** Fewer would cost more bookkeeping than they save when a run is stopped. */
const leastShardSize = 16;
/** So many shards keep 64 GPUs busy, with two each. */
const wantedShards = 128;

/**
 * Samples a shard of a dataset of so many images, where nobody said a size. A shard is what a stopped run loses and what one GPU takes: a small
 * dataset has several, too, and 10,000 images feed 64 GPUs.
 */
export function shardSizeFor(images: number): number {
  return Math.min(usualShardSize, Math.max(leastShardSize, Math.ceil(images / wantedShards)));
}
