import type { Command } from 'commander';
import { type FleetConnection, type RedisNeed, withFleet } from '../../fleet/fleet-connection.ts';
import { latestName, resolveRun } from '../../shared/run/run-names.ts';
import { defaultOut, runSettings } from '../../shared/settings/run-settings.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { addRedisOptions, redisTargetOf } from '../options/fleet-options.ts';
import { addStoreOptions, storeOptionsOf } from '../options/store-options.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { openTerminal, type Terminal } from '../terminal/terminal.ts';

/** One run of the fleet, as a command gets it. */
export interface FleetCall {
  readonly store: ObjectStore;
  readonly runId: string;
  readonly fleet: FleetConnection;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly signal: AbortSignal;
  /** The command's own options. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface FleetVerb {
  readonly name: string;
  readonly description: string;
  readonly examples: string;
  /** Default `needed`. */
  readonly redis?: RedisNeed;
  /** Returns the exit code. */
  act(call: FleetCall): Promise<number>;
}

/** Adds a command that takes a run (its id, name, start of the id, or latest) and the results it lies in. */
export function addFleetVerb(program: Command, verb: FleetVerb): Command {
  const command = program
    .command(verb.name)
    .description(verb.description)
    .argument('[run]', 'id, name, start of the id, or latest', latestName)
    .option(
      '-o, --out <folder>',
      'where the results are: a folder or s3://bucket/prefix',
      defaultOut,
    )
    .option('--json', 'print JSON', false)
    .option('-q, --quiet', runSettings.quiet.help, false)
    .addHelpText('after', `\nExamples:\n${verb.examples}`)
    .action(async (reference: string, options: Record<string, unknown>) => {
      const json = options.json === true;
      const terminal = openTerminal({ json, quiet: options.quiet === true });
      const target = redisTargetOf(options);
      process.exitCode = await interruptible(terminal, (signal) =>
        withFleet(
          target,
          async (fleet) => {
            const store = openStore(String(options.out), storeOptionsOf(options));
            const runId = await resolveRun(store, reference);
            return verb.act({ store, runId, fleet, terminal, json, signal, options });
          },
          verb.redis,
        ),
      );
    });
  return addRedisOptions(addStoreOptions(command));
}
