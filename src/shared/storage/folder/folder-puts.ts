import { fileURLToPath } from 'node:url';
import { diskWatch } from '../../host/disk-watch.ts';
import { errorOfThread } from '../../host/threads/thread-failure.ts';
import { ThreadTasks } from '../../host/threads/thread-tasks.ts';
import { eachAtOnce } from '../../in-order.ts';
import { FolderStore } from '../folder-store.ts';
import type { NewObject, ObjectStore } from '../object-store.ts';
import type { PutAnswer, PutTask } from './put-thread.ts';

/** Bytes that a thread is handed at once, at least: to hand them over takes as long as to write one object. */
const batchBytes = 524_288;
/** Batches handed over and not written yet. */
const mostAhead = 2;

/** Whether `putInThread` can stand in for its `put`: not where that waits, counts or checks more than a folder store does. */
export function isPlainFolder(store: ObjectStore): boolean {
  return store.constructor === FolderStore;
}

/**
 * Writes objects, each of another key, in a thread that waits for the disk itself: Node takes six turns through its own threads for each, which cost four times as much CPU as writing it. The thread that
 * asks stays free, so a disk that hangs holds up no signal. Some are written when it throws.
 *
 * @throws EigenfleetError `storage`
 */
export async function putInThread(
  { uri }: ObjectStore,
  objects: AsyncIterable<NewObject>,
): Promise<void> {
  const root = fileURLToPath(uri);
  const thread = new ThreadTasks({
    filename: new URL('./put-thread.js', import.meta.url).href,
    ...{ maxThreads: 1, concurrentTasksPerWorker: 1 },
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
  });
  try {
    await eachAtOnce(batchesOf(objects), mostAhead, (batch) =>
      diskWatch.ask(() => put(thread, { root, ...batch })),
    );
  } finally {
    await thread.close();
  }
}

async function put(thread: ThreadTasks, task: PutTask): Promise<void> {
  const transferList = [task.bytes.buffer as ArrayBuffer];
  const answer = await thread.run<PutAnswer>(task, { name: 'putObjects', transferList });
  if (answer.status === 'failed') throw errorOfThread(answer);
}

type Batch = Omit<PutTask, 'root'>;

async function* batchesOf(objects: AsyncIterable<NewObject>): AsyncGenerator<Batch> {
  let held: NewObject[] = [];
  let length = 0;
  for await (const object of objects) {
    held.push(object);
    length += object.bytes.length;
    if (length < batchBytes) continue;
    yield joined(held, length);
    held = [];
    length = 0;
  }
  if (held.length > 0) yield joined(held, length);
}

/** In memory of its own, which can be handed over. */
function joined(objects: readonly NewObject[], length: number): Batch {
  const bytes = new Uint8Array(length);
  const ends: number[] = [];
  let end = 0;
  for (const object of objects) {
    bytes.set(object.bytes, end);
    end += object.bytes.length;
    ends.push(end);
  }
  return { keys: objects.map(({ key }) => key), ends, bytes };
}
