import type { Device } from '../../model/runtime/devices.ts';

/** Flags of a run that change its speed and not its results. */
export interface BenchFlags {
  readonly threads: number;
  readonly batch: number;
}

export interface BenchChoice {
  readonly device: Device;
  /** That this process may use. */
  readonly threads: number;
  /** Of the model's file: images a call, or any number. */
  readonly batch: number | 'dynamic';
}

/** Batches that are tried on an accelerator. */
const batches = [1, 4, 8, 16];

/**
 * The flags that are tried. On a CPU fewer threads are tried, and no batches: they gain nothing there and cost memory (docs/performance.md). On an accelerator batches are, with all threads,
 * which decode.
 */
export function benchFlagsOf({ device, threads, batch }: BenchChoice): BenchFlags[] {
  if (device !== 'cpu') {
    return (batch === 'dynamic' ? batches : [batch]).map((size) => ({ threads, batch: size }));
  }
  const size = batch === 'dynamic' ? 1 : batch;
  const counts: number[] = [];
  for (let count = threads; count >= 1; count = Math.floor(count / 2)) counts.push(count);
  return counts.map((count) => ({ threads: count, batch: size }));
}
