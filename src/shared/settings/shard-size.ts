/** Samples per shard of a large dataset. A run id holds it where no size was given: runs of every version find each other by it. */
export const usualShardSize = 256;

/** Fewer would cost more bookkeeping than they save when a run is stopped. */
const leastShardSize = 16;
/** This many shards keep 64 GPUs busy, with two each. */
const wantedShards = 128;

/**
 * Returns the default samples per shard for this many images. A stopped run loses one shard, and one GPU takes one at a time: a small
 * dataset has several too, and 10,000 images feed 64 GPUs.
 */
export function shardSizeFor(images: number): number {
  return Math.min(usualShardSize, Math.max(leastShardSize, Math.ceil(images / wantedShards)));
}
