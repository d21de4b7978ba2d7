import { type ThreadFailure, threadFailure } from '../../shared/host/threads/thread-failure.ts';
import type { PlannedShards } from '../../shared/run/planned-shards.ts';
import { openStore, type StoreOptions } from '../../shared/storage/open-store.ts';
import { mergeRange } from './merge-range.ts';
import type { MergedPart } from './merged-run.ts';

/** Shards [first, end) of a run. */
export interface MergeTask {
  readonly uri: string;
  readonly storeOptions: StoreOptions;
  readonly planned: PlannedShards;
  readonly first: number;
  readonly end: number;
}

/** `missing` and `unusable`: as `mergeRange` says. */
export type MergeAnswer =
  | {
      readonly status: 'merged';
      readonly part: MergedPart;
      readonly missing: readonly number[];
      readonly unusable: ReadonlyMap<number, string>;
    }
  | ThreadFailure;

/** Runs in a thread of its own: reads, checks and merges the markers of some shards. */
export async function merge(task: MergeTask): Promise<MergeAnswer> {
  const { uri, storeOptions, planned, first, end } = task;
  try {
    const range = { planned, first, end };
    const store = openStore(uri, { ...storeOptions, blocking: true });
    const { merged, ...others } = await mergeRange(store, range);
    return { status: 'merged', part: merged.toPart(), ...others };
  } catch (error) {
    return threadFailure(error);
  }
}
