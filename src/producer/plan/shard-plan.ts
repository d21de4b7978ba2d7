/** Samples [start, end) of a dataset. */
export interface ShardRange {
  readonly shard: number;
  readonly start: number;
  readonly end: number;
}

/** How many shards a dataset makes. */
export function shardCountOf(images: number, shardSize: number): number {
  return Math.ceil(images / shardSize);
}

/** Cuts a dataset into shards of `shardSize` samples; the last one may be smaller. */
export function* planShards(images: number, shardSize: number): Generator<ShardRange> {
  for (let start = 0, shard = 0; start < images; start += shardSize, shard++) {
    yield { shard, start, end: Math.min(start + shardSize, images) };
  }
}
