import type { Command } from 'commander';
import { defaultModelCacheBytes } from '../../model/cache/model-cache.ts';
import { count, threads } from '../../shared/settings/setting-values.ts';
import { addHttpOptions, httpOptions } from './http-options.ts';
import {
  anyText,
  isSaid,
  type OptionValues,
  optional,
  parseOptions,
  seconds,
  wholeNumber,
} from './option-values.ts';
import { addPlaceOptions, placeOptions } from './place-options.ts';

const workerOptions = {
  concurrency: wholeNumber(1, 64),
  device: anyText,
  devices: optional(anyText),
  supervise: isSaid,
  threads: optional(threads),
  batch: optional(count),
  ...placeOptions,
  /** 0 hands running shards back at once. */
  grace: seconds('atOnce'),
  lockSeconds: seconds(),
  stalledSeconds: seconds(),
  ...httpOptions,
  modelCache: optional(anyText),
  modelCacheBytes: count,
};

/** The options of a worker. Times are in seconds. */
export type WorkerOptions = OptionValues<typeof workerOptions>;

export function addWorkerOptions(command: Command): Command {
  return addPlaceOptions(addHttpOptions(command))
    .option('--concurrency <n>', 'shards at once: fetch one while computing another', '2')
    .option('--device <device>', 'auto, cpu, cuda[:n], tensorrt, webgpu, coreml, dml', 'auto')
    .option('--devices <list>', 'one supervised process for each, such as cuda:0,cuda:1')
    .option('--supervise', 'restart the worker when it crashes (always with --devices)', false)
    .option('--threads <n>', 'CPU threads (default: all available cores)')
    .option('--batch <n>', "images per model call (default: the file's, else 1)")
    .option(
      '--grace <seconds>',
      'time that running shards have to finish after SIGTERM; 0: none',
      '20',
    )
    .option('--lock-seconds <n>', 'a shard goes to another worker after this much silence', '60')
    .option('--stalled-seconds <n>', 'how often to look for such shards', '15')
    .option('--model-cache <folder>', "where to keep models (default: the user's cache folder)")
    .option(
      '--model-cache-bytes <n>',
      'limit of the cache: above it, the least recently used models are deleted',
      String(defaultModelCacheBytes),
    );
}

/** Throws `EigenfleetError('usage')` for the first invalid value. */
export function parseWorkerOptions(options: Readonly<Record<string, unknown>>): WorkerOptions {
  return parseOptions(workerOptions, options);
}
