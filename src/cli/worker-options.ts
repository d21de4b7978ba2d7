import { type Command, Option } from 'commander';
import { z } from 'zod';
import { EigenfleetError } from '../shared/errors.ts';
import { defaultModelCacheBytes } from '../shared/model-cache.ts';
import { addHttpOptions, httpOptionsShape } from './http-options.ts';

const seconds = z.coerce.number().positive();

const workerOptionsSchema = z.object({
  concurrency: z.coerce.number().int().min(1).max(64),
  device: z.string(),
  devices: z.string().optional(),
  supervise: z.boolean().default(false),
  threads: z.coerce.number().int().min(1).optional(),
  batch: z.coerce.number().int().min(1).optional(),
  allowOut: z.array(z.string()).optional(),
  grace: seconds,
  lockSeconds: seconds,
  stalledSeconds: seconds,
  ...httpOptionsShape,
  modelCache: z.string().optional(),
  modelCacheBytes: z.coerce.number().int().min(1),
});

/** What a person says of a worker. Times are in seconds. */
export type WorkerOptions = z.infer<typeof workerOptionsSchema>;

export function addWorkerOptions(command: Command): Command {
  return addHttpOptions(command)
    .option('--concurrency <n>', 'shards at once: one is fetched while another is computed', '2')
    .option('--device <device>', 'auto, cpu, cuda[:n], tensorrt, webgpu, coreml, dml', 'auto')
    .option('--devices <list>', 'one supervised process for each, such as cuda:0,cuda:1')
    .option('--supervise', 'start the worker again when it crashes (always with --devices)', false)
    .option('--threads <n>', 'CPU threads (default: the cores that this process may use)')
    .option('--batch <n>', "images a model call (default: the file's, else 1)")
    .addOption(
      new Option(
        '--allow-out <prefix...>',
        'results may go only below these URIs (default: anywhere)',
      ),
    )
    .option('--grace <seconds>', 'after SIGTERM, running shards may go on for so long', '20')
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
  const parsed = workerOptionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0] ?? 'option').replaceAll(
    /[A-Z]/g,
    (c) => `-${c.toLowerCase()}`,
  );
  throw new EigenfleetError('usage', `--${name}: ${issue?.message ?? 'a bad value'}.`);
}
