import { availableParallelism, loadavg } from 'node:os';

/** Processes of this machine that want to run, for each core, over the last minute: above 1 they wait for each other, and time-outs lie. */
export function crowding(): number {
  return (loadavg()[0] ?? 0) / availableParallelism();
}
