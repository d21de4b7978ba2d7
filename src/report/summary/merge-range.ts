import { type ShardsOfRun, visitDoneShards } from '../../shared/results/done-shards.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { MergedRun } from './merged-run.ts';

export interface MergedRange {
  readonly merged: MergedRun;
  /** Shards that are not done, ascending. */
  readonly missing: number[];
  /** Shards whose marker exists and is unusable, with the reason: no number includes them. */
  readonly unusable: Map<number, string>;
}

/**
 * Merges the markers of some shards. A marker that proves damaged during the merge has already added a part of itself: then the merge restarts without
 * it. That is rare, and checking each marker beforehand would take as long as merging it.
 */
export async function mergeRange(store: ObjectStore, range: ShardsOfRun): Promise<MergedRange> {
  const unusable = new Map<number, string>();
  for (;;) {
    const merged = new MergedRun();
    const before = unusable.size;
    const missing = await visitDoneShards(
      store,
      { ...range, except: new Set(unusable.keys()) },
      (marker) => merged.add(marker),
      (shard, reason) => void unusable.set(shard, reason),
    );
    if (unusable.size === before) return { merged, missing, unusable };
  }
}
