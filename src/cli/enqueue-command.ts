import { type Command, Option } from 'commander';
import { enqueueRun } from '../producer/enqueue-run.ts';
import { writePlan } from '../producer/write-plan.ts';
import { assertOneFile, uploadModel } from '../shared/model-cache.ts';
import { openStore } from '../shared/open-store.ts';
import { nameRun } from '../shared/run-names.ts';
import type { RunSettings } from '../shared/run-settings.ts';
import { type JobPriority, jobPriorities } from '../shared/shard-job.ts';
import { commandLine } from './command-line.ts';
import { withFleet } from './fleet-connection.ts';
import { addRedisOptions, redisTargetOf } from './fleet-options.ts';
import { followRun } from './follow-run.ts';
import { interruptible } from './interrupt.ts';
import { planLocalRun } from './plan-local-run.ts';
import { planText } from './plan-text.ts';
import { addRunOptions, parseRunOptions } from './run-options.ts';
import { openTerminal } from './terminal.ts';

export function addEnqueueCommand(program: Command): void {
  const command = program
    .command('enqueue')
    .description('plan a run and hand its shards to the fleet')
    .addOption(
      new Option('--priority <which>', 'audits go before normal runs, and these before bulk ones')
        .choices(Object.keys(jobPriorities))
        .default('normal')
        .helpGroup('Fleet:'),
    )
    .addOption(new Option('--wait', 'follow the run to its end').default(false).helpGroup('Fleet:'))
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet enqueue --model s3://models/best.onnx --images s3://data/shots --out s3://results
  eigenfleet enqueue -m best.onnx -i s3://data/shots -o s3://results --priority audit --wait

The same command again adds what is missing and disturbs nothing.`,
    )
    .action(async (options: Record<string, unknown>) => {
      process.exitCode = await enqueue(await parseRunOptions(options), options);
    });
  addRedisOptions(command);
  addRunOptions(command);
}

async function enqueue(settings: RunSettings, options: Record<string, unknown>): Promise<number> {
  const { quiet = false, json = false, out = 'eigenfleet-results' } = settings;
  const terminal = openTerminal({ quiet, json });
  const priority = options.priority as JobPriority;
  const target = redisTargetOf(options);
  return interruptible(terminal, (signal) =>
    withFleet(target, async (fleet) => {
      const store = openStore(out, settings);
      const command = commandLine(process.argv.slice(2));
      const planned = await planLocalRun({ settings, store, terminal, command, signal });
      try {
        if (settings.dryRun) {
          terminal.print(json ? JSON.stringify(planned.plan.spec) : planText(planned));
          return 0;
        }
        const { model, path, sha256 } = planned.loaded;
        assertOneFile(model.name, model.externalFiles);
        await uploadModel(store, path, sha256);
        const { spec, created } = await writePlan(store, planned.plan, signal);
        await nameRun(store, 'latest', spec.runId);
        if (settings.name !== undefined) await nameRun(store, settings.name, spec.runId);
        await fleet.progress.rememberOut(store.uri);
        const { queues } = fleet;
        const shards = await enqueueRun({ queues, store, spec, priority, created, signal });
        terminal.note(planText(planned));
        if (!options.wait) {
          const { runId } = spec;
          const words = `${shards} of ${spec.dataset.shards} shards enqueued. Follow with: eigenfleet watch ${runId} --out ${out}`;
          terminal.print(json ? JSON.stringify({ schema: 'enqueued@1', runId, shards }) : words);
          return 0;
        }
        return await followRun({ fleet, store, runId: spec.runId, terminal, json, signal });
      } finally {
        await planned.close();
      }
    }),
  );
}
