import type { Command } from 'commander';
import { defaultModelCacheBytes } from '../../model/cache/model-cache.ts';
import { count } from '../../shared/settings/setting-values.ts';
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
  threads: optional(count),
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

/** What a person says of a worker. Times are in seconds. */
export type WorkerOptions = OptionValues<typeof workerOptions>;

export function addWorkerOptions(command: Command): Command {
  return addPlaceOptions(addHttpOptions(command))
    .option('--concurrency <n>', 'shards at once: one is fetched while another is computed', '2')
    .option('--device <device>', 'auto, cpu, cuda[:n], tensorrt, webgpu, coreml, dml', 'auto')
    .option('--devices <list>', 'one supervised process for each, such as cuda:0,cuda:1')
    .option('--supervise', 'start the worker again when it crashes (always with --devices)', false)
    .option('--threads <n>', 'CPU threads (default: the cores that this process may use)')
    .option('--batch <n>', "images a model call (default: the file's, else 1)")
    .option(
      '--grace <seconds>',
      'after SIGTERM, running shards may go on for so long; 0: not at all',
      '20',
    )
    .option(
      '--lock-seconds <n>',
      'a shard whose worker is silent for so long goes to another',
      '60',
    )
    .option('--stalled-seconds <n>', 'how often such shards are looked for', '15')
    .option(
      '--model-cache <folder>',
      'where models are kept (default: the cache folder of the user)',
    )
    .option(
      '--model-cache-bytes <n>',
      'above so many, the least recently used models go',
      String(defaultModelCacheBytes),
    );
}

/** Throws `EigenfleetError('usage')` for the first value that cannot be. */
export function parseWorkerOptions(options: Readonly<Record<string, unknown>>): WorkerOptions {
  return parseOptions(workerOptions, options);
}
