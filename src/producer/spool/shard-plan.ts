import type { ShardCut } from '../../shared/run/planned-shards.ts';

/** Samples [start, end) of a dataset. */
export interface ShardRange {
  readonly shard: number;
  readonly start: number;
  readonly end: number;
}

/** How many shards a dataset makes. */
export function shardCountOf(images: number, cut: ShardCut): number {
  return typeof cut === 'number' ? Math.ceil(images / cut) : cut.length;
}

/** Cuts a dataset into shards; of shards of one size the last one may be smaller. */
export function* planShards(images: number, cut: ShardCut): Generator<ShardRange> {
  for (let start = 0, shard = 0; start < images; shard++) {
    const size = typeof cut === 'number' ? cut : cut[shard];
    if (size === undefined) return;
    const end = Math.min(start + size, images);
    yield { shard, start, end };
    start = end;
  }
}
