import { fileURLToPath } from 'node:url';
import { diskWatch } from '../../host/disk-watch.ts';
import { errorOfThread } from '../../host/threads/thread-failure.ts';
import { ThreadTasks } from '../../host/threads/thread-tasks.ts';
import { eachAtOnce } from '../../in-order.ts';
import { FolderStore } from '../folder-store.ts';
import type { ObjectStore } from '../object-store.ts';
import type { LinePlace } from './line-window.ts';
import type { PutAnswer, PutTask } from './put-thread.ts';

/** An open file of lines, and where each of the objects that it is cut into ends; the first one begins it. */
export interface CutFile {
  readonly descriptor: number;
  readonly ends: Iterable<LinePlace>;
}

/** Objects of a task: to hand them over takes as long as to write one. */
const objectsAtOnce = 64;
/** Tasks handed over and not done yet. */
const mostAhead = 2;

/** Whether `putInThread` can stand in for its `put`: not where that waits, counts or checks more than a folder store does. */
export function isPlainFolder(store: ObjectStore): boolean {
  return store.constructor === FolderStore;
}

/**
 * Writes objects, each of another key, in a thread that cuts them out of a file and waits for the disk itself: Node takes six turns through its own threads for each, which cost four times as much CPU
 * as writing it. The thread that asks stays free, so a disk that hangs holds up no signal. Some are written when it throws.
 *
 * @param keyOf of the object that is so many behind the first
 * @throws EigenfleetError `storage`
 */
export async function putInThread(
  { uri }: ObjectStore,
  file: CutFile,
  keyOf: (index: number) => string,
  signal?: AbortSignal,
): Promise<void> {
  const root = fileURLToPath(uri);
  const thread = new ThreadTasks({
    filename: new URL('./put-thread.js', import.meta.url).href,
    ...{ maxThreads: 1, concurrentTasksPerWorker: 1 },
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
  });
  try {
    await eachAtOnce(tasksOf(file, root, keyOf), mostAhead, (task) => {
      signal?.throwIfAborted();
      return diskWatch.ask(() => put(thread, task));
    });
  } finally {
    await thread.close();
  }
}

async function put(thread: ThreadTasks, task: PutTask): Promise<void> {
  const answer = await thread.run<PutAnswer>(task, { name: 'putObjects' });
  if (answer.status === 'failed') throw errorOfThread(answer);
}

function* tasksOf(
  { descriptor, ends }: CutFile,
  root: string,
  keyOf: (index: number) => string,
): Generator<PutTask> {
  let start: LinePlace = { offset: 0, lines: 0 };
  let held: LinePlace[] = [];
  let keys: string[] = [];
  let index = 0;
  for (const end of ends) {
    held.push(end);
    keys.push(keyOf(index));
    index += 1;
    if (held.length < objectsAtOnce) continue;
    yield { root, descriptor, start, ends: held, keys };
    start = end;
    held = [];
    keys = [];
  }
  if (held.length > 0) yield { root, descriptor, start, ends: held, keys };
}
