import { visitDoneShards } from '../shared/done-shards.ts';
import { EigenfleetError, type ErrorCode, messageOf } from '../shared/errors.ts';
import { openStore, type StoreOptions } from '../shared/open-store.ts';
import { type MergedPart, MergedRun } from './merged-run.ts';

/** Shards [first, end) of a run. */
export interface MergeTask {
  readonly uri: string;
  readonly storeOptions: StoreOptions;
  readonly runId: string;
  readonly first: number;
  readonly end: number;
}

/** Errors lose their class between threads, so they come as values. `missing`: as `visitDoneShards` says. */
export type MergeAnswer =
  | { readonly status: 'merged'; readonly part: MergedPart; readonly missing: readonly number[] }
  | { readonly status: 'failed'; readonly code: ErrorCode | undefined; readonly message: string };

/** Runs in a thread of its own: reads, checks and merges the markers of some shards. */
export async function merge(task: MergeTask): Promise<MergeAnswer> {
  const { uri, storeOptions, runId, first, end } = task;
  try {
    const merged = new MergedRun();
    const range = { runId, first, shards: end };
    const missing = await visitDoneShards(openStore(uri, storeOptions), range, (marker) =>
      merged.add(marker),
    );
    return { status: 'merged', part: merged.toPart(), missing };
  } catch (error) {
    const code = error instanceof EigenfleetError ? error.code : undefined;
    return { status: 'failed', code, message: messageOf(error) };
  }
}
