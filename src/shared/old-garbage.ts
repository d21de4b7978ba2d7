import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Garbage that a thread may hold. */
const mostGarbageBytes = 24 * 2 ** 20;

let keptBytes = 0;

/**
 * Collects the garbage of this thread once it is much; to be called between shards, and between the columns of a table. What lives as long as
 * one of them ends up in V8's old generation, and V8 lets that grow by hundreds of megabytes before it looks for what is dead there: a run would
 * need the more memory the longer it is. It takes 30 ms for every 24 MiB.
 */
export function collectOldGarbage(): void {
  if (getHeapStatistics().used_heap_size < keptBytes + mostGarbageBytes) return;
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  keptBytes = getHeapStatistics().used_heap_size;
}
