import { type Command, Option } from 'commander';
import { openStore } from '../../shared/storage/open-store.ts';
import { doctor } from '../doctor/doctor.ts';
import { redisTargetOf } from '../options/fleet-options.ts';
import { addStoreOptions, storeOptionsOf } from '../options/store-options.ts';

const examples = `
Examples:
  eigenfleet doctor
  eigenfleet doctor --redis rediss://queue.internal:6379 --images s3://data/shots --out s3://results
  eigenfleet doctor --json`;

export function addDoctorCommand(program: Command): void {
  const command = program
    .command('doctor')
    .description('check what this machine can do, and how to fix what is missing')
    .option('--json', 'print one JSON document', false)
    // Without a default, unlike the fleet's commands: a laptop needs no Redis.
    .addOption(
      new Option('--redis <url>', 'also check the Redis of a fleet')
        .env('REDIS_URL')
        .helpGroup('Fleet:'),
    )
    .addOption(
      new Option('--redis-cluster', 'the URL names a node of a Redis Cluster')
        .default(false)
        .helpGroup('Fleet:'),
    )
    .addOption(
      new Option('-o, --out <uri>', 'also check whether results can be written there').helpGroup(
        'Fleet:',
      ),
    )
    .addOption(
      new Option(
        '-i, --images <uri>',
        'also check whether this folder of images can be read',
      ).helpGroup('Fleet:'),
    )
    .addHelpText('after', examples)
    .action(async (options: Record<string, unknown>) => {
      const { json, redis, out, images } = options;
      const open = (uri: string) => openStore(uri, storeOptionsOf(options));
      process.exitCode = await doctor({
        json: json === true,
        ...(redis !== undefined && { redis: redisTargetOf(options) }),
        ...(typeof out === 'string' && { out: open(out) }),
        ...(typeof images === 'string' && { images: open(images) }),
      });
    });
  addStoreOptions(command);
}
