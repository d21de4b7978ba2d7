import { type ThreadFailure, threadFailure } from '../../host/threads/thread-failure.ts';
import { BlockingFolderStore } from './blocking-folder-store.ts';
import { type LinePlace, LineWindow } from './line-window.ts';

/** Objects for one folder store, which lie one behind the other in a file of lines. */
export interface PutTask {
  readonly root: string;
  /** Of the open file: all threads of a process have the same. */
  readonly descriptor: number;
  readonly start: LinePlace;
  /** Where each ends. */
  readonly ends: readonly LinePlace[];
  readonly keys: readonly string[];
}

export type PutAnswer = { readonly status: 'put' } | ThreadFailure;

/** Kept between tasks: it knows which folders are made. */
let opened: { readonly root: string; readonly store: BlockingFolderStore } | undefined;

/** Runs in a thread of its own: writes some objects, all at once where the disk is slow. */
export async function putObjects(task: PutTask): Promise<PutAnswer> {
  const { root } = task;
  if (opened?.root !== root) opened = { root, store: new BlockingFolderStore(root) };
  try {
    await putAll(opened.store, task);
    return { status: 'put' };
  } catch (error) {
    return threadFailure(error);
  }
}

async function putAll(
  store: BlockingFolderStore,
  { descriptor, start, ends, keys }: PutTask,
): Promise<void> {
  const window = new LineWindow(descriptor, start.offset);
  const underWay: Promise<unknown>[] = [];
  let from = window.find(start, start.offset);
  for (const [at, key] of keys.entries()) {
    const to = window.find(ends[at] ?? start, from);
    const bytes = window.bytes(from, to);
    if (store.isSlow) underWay.push(store.put(key, bytes.slice()));
    else await store.put(key, bytes);
    from = to;
  }
  const failed = (await Promise.allSettled(underWay)).find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
