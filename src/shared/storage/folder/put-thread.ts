import { type ThreadFailure, threadFailure } from '../../host/threads/thread-failure.ts';
import { BlockingFolderStore } from './blocking-folder-store.ts';

/** Objects for one folder store, their bytes one behind the other. */
export interface PutTask {
  readonly root: string;
  readonly keys: readonly string[];
  /** Where each ends in `bytes`. */
  readonly ends: readonly number[];
  readonly bytes: Uint8Array;
}

export type PutAnswer = { readonly status: 'put' } | ThreadFailure;

/** Kept between tasks: it knows which folders are made. */
let opened: { readonly root: string; readonly store: BlockingFolderStore } | undefined;

/** Runs in a thread of its own: writes some objects, all at once where the disk is slow. */
export async function putObjects({ root, keys, ends, bytes }: PutTask): Promise<PutAnswer> {
  if (opened?.root !== root) opened = { root, store: new BlockingFolderStore(root) };
  const { store } = opened;
  const settled = await Promise.allSettled(
    keys.map((key, at) => store.put(key, bytes.subarray(ends[at - 1] ?? 0, ends[at]))),
  );
  const failed = settled.find((one) => one.status === 'rejected');
  return failed === undefined ? { status: 'put' } : threadFailure(failed.reason);
}
