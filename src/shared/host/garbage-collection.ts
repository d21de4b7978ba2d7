import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a thread's old generation may grow by, where shards leave rows and statistics in it. */
const usualBytes = 16 * 2 ** 20;

let keptBytes = 0;
let collect: (() => void) | undefined;

/**
 * Collects the garbage of this thread once its old generation has grown by `mostBytes`; to be called between shards, or between images. What
 * lives as long as one of them ends up there, and V8 lets it grow by tens to hundreds of megabytes before it looks for what is dead: a run would
 * need the more memory the longer it is. A collection takes 10 to 30 ms.
 */
export function collectOldGarbage(mostBytes = usualBytes): void {
  if (oldBytes() < keptBytes + mostBytes) return;
  collectAllGarbage();
  keptBytes = oldBytes();
}

/** Collects all garbage of this thread. What libraries allocated outside of V8 is free only after the next turn of the event loop. */
export function collectAllGarbage(): void {
  collect ??= exposedCollector();
  collect();
}

function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

function oldBytes(): number {
  const old = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space');
  return old?.space_used_size ?? 0;
}
