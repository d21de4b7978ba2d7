import {
  type RunOptions,
  type RunResult,
  runDataset,
} from '../../src/local/library/run-dataset.ts';

/** `run` of the library in this thread alone, as the command line runs few images: without the threads, which take most of the time of a small run to load. */
export function runHere(options: RunOptions): Promise<RunResult> {
  return runDataset(options, true);
}
