import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Lets the threads that start from now on, and this one, collect garbage more seldom. V8 measures what is allocated against its own
 * small heap, about 8 MB a thread, but decoded pixels count too: it would go through the whole heap every dozen images, and
 * throw away compiled code with it. What is in flight is bounded elsewhere (`ByteBudget`).
 */
export function collectGarbageSeldom(): void {
  // A whole collection when five times the live heap is in use, instead of about twice: with three and a half times an image takes a sixth
  // more CPU, with ten times no less.
  setFlagsFromString('--heap-growing-percent=400');
  // MiB. Buffers of one image, seen in use when a small young generation is swept, would move to the old one and wait there.
  setFlagsFromString('--min-semi-space-size=8');
}

/** Garbage that this thread may hold between two shards. */
const mostGarbageBytes = 24 * 2 ** 20;

let keptBytes = 0;

/**
 * Collects what earlier shards left in this thread, once that is much. Rows and statistics live as long as their shard, so
 * they end up in the old generation, and `collectGarbageSeldom` keeps that for the whole process at five times what is alive: 70 MB here, for
 * nothing, since the thread that schedules decodes no pixels. It takes 30 ms every few shards.
 */
export function collectShardGarbage(): void {
  if (getHeapStatistics().used_heap_size < keptBytes + mostGarbageBytes) return;
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  keptBytes = getHeapStatistics().used_heap_size;
}
