import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setEngineFlag } from './threads/engine-flags.ts';

/** How much a thread's old generation may grow, where shards leave rows and statistics in it. */
const usualBytes = 16 * 2 ** 20;

/** How much the buffers of a thread may grow before those of finished images are released: 17 decoded photographs of 640x480. */
const usualBufferBytes = 16 * 2 ** 20;

type Collector = (options?: { type: 'minor' }) => void;

let keptBytes: number | undefined;
let keptBufferBytes = 0;
let wholeBufferBytes = 0;
let collector: Collector | undefined;

/**
 * Collects the garbage of this thread once its old generation has grown by `mostBytes`. Call it between shards, or between images. What
 * lives as long as one of them ends up there, and V8 lets it grow by tens to hundreds of megabytes before it looks for what is dead: a run would
 * need more memory the longer it is. A collection takes 10 to 30 ms.
 */
export function collectOldGarbage(mostBytes = usualBytes): void {
  // The program itself is there at first.
  keptBytes ??= oldBytes();
  if (oldBytes() < keptBytes + mostBytes) return;
  collectAllGarbage();
  keptBytes = oldBytes();
}

/** Collects all garbage of this thread. What libraries allocated outside of V8 is free only after the next turn of the event loop. */
export function collectAllGarbage(): void {
  collect();
}

/** Collects what was allocated lately in this thread, such as a picture that was just done with. */
export function collectYoungGarbage(): void {
  collect({ type: 'minor' });
}

/**
 * Collects the buffers that this thread no longer uses once they have grown by `mostBytes`. Call it between images. V8 sees a small object where a
 * decoded picture hangs, and would let 70 MB and more of them gather in each thread, between which the rest of memory breaks into pieces. Looking
 * among what is young takes 0.3 ms; everything is looked through only where that did not help.
 */
export function collectBuffers(mostBytes = usualBufferBytes): void {
  const bytes = getHeapStatistics().external_memory;
  keptBufferBytes = Math.min(keptBufferBytes, bytes);
  wholeBufferBytes = Math.min(wholeBufferBytes, bytes);
  if (bytes < keptBufferBytes + mostBytes) return;
  collect({ type: 'minor' });
  keptBufferBytes = getHeapStatistics().external_memory;
  if (keptBufferBytes < wholeBufferBytes + 3 * mostBytes) return;
  collect();
  keptBufferBytes = getHeapStatistics().external_memory;
  wholeBufferBytes = keptBufferBytes;
}

function collect(options?: { type: 'minor' }): void {
  collector ??= exposedCollector();
  // An argument that is undefined asks for a minor one since Node 22.
  if (options === undefined) collector();
  else collector(options);
}

function exposedCollector(): Collector {
  setEngineFlag('expose-gc', true);
  return runInNewContext('gc');
}

function oldBytes(): number {
  const old = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space');
  return old?.space_used_size ?? 0;
}
