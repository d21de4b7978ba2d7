import type { Command } from 'commander';
import { noCounts, readFleetState } from '../../fleet/fleet-state.ts';
import { readClosedRun, readRunCounts } from '../../fleet/run-counts.ts';
import { patienceMsOf } from '../../local/storage-patience.ts';
import { cancelRun } from '../../producer/queue/cancel-run.ts';
import { resumeRun } from '../../producer/queue/resume-run.ts';
import { pausedWords } from '../../shared/queue/pause-notes.ts';
import { openRun } from '../../shared/run/open-run.ts';
import { brokenRunWords, listRuns } from '../../shared/run/run-names.ts';
import { readRunState, reportPlaceOf } from '../../shared/run/run-state.ts';
import { defaultOut } from '../../shared/settings/run-settings.ts';
import { duration } from '../../shared/settings/setting-values.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { resumedWords } from '../follow/fleet-answers.ts';
import { countWords, fleetWords } from '../follow/fleet-progress.ts';
import { followRun } from '../follow/follow-run.ts';
import { parseOptions } from '../options/option-values.ts';
import { addStoreOptions, storeOptionsOf } from '../options/store-options.ts';
import { openTerminal, type Terminal } from '../terminal/terminal.ts';
import { addFleetVerb, type FleetCall, type FleetVerb } from './fleet-verb.ts';

interface RunVerb extends FleetVerb {
  /** Options of its own: flags, help and default. */
  readonly option?: readonly [flags: string, help: string, standard: string | boolean];
}

/** Verbs that take a run. */
const runVerbs: readonly RunVerb[] = [
  {
    name: 'status',
    description: 'where a run stands, now',
    examples: '  eigenfleet status latest --out s3://results',
    redis: 'awaited',
    act: status,
  },
  {
    name: 'watch',
    description: 'follow a run to its end: shards, images/s, time left, failures, workers',
    examples: '  eigenfleet watch latest --out s3://results',
    redis: 'awaited',
    act: watch,
    option: [
      '--patience <time>',
      'how long to wait for Redis or storage, such as 90s or 1h',
      '10m',
    ],
  },
  {
    name: 'cancel',
    description: 'stop a run; what is done stays',
    examples: '  eigenfleet cancel after-training --out s3://results',
    act: cancel,
  },
  {
    name: 'resume',
    description: 'continue a run that was cancelled, or that Redis forgot',
    examples:
      '  eigenfleet resume latest --out s3://results\n  eigenfleet resume latest --retry-failed',
    act: resume,
    option: ['--retry-failed', 'also retry the shards that failed for good', false],
  },
];

/** status, watch, cancel and resume take a run; runs lists them. */
export function addFleetVerbs(program: Command): void {
  for (const verb of runVerbs) {
    const command = addFleetVerb(program, verb);
    if (verb.option !== undefined) command.option(...verb.option);
  }
  addRuns(program);
}

function addRuns(program: Command): void {
  const runs = program
    .command('runs')
    .description('the runs of a results folder, the newest first')
    .option('-o, --out <folder>', 'a folder or s3://bucket/prefix', defaultOut)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet runs --out results
  eigenfleet runs --out s3://results --json`,
    )
    .action(async (options: Record<string, unknown>) => {
      await printRuns(
        openStore(String(options.out), storeOptionsOf(options)),
        options.json === true,
      );
    });
  addStoreOptions(runs);
}

async function status({ store, runId, fleet, terminal, json }: FleetCall): Promise<number> {
  const spec = await openRun(store, runId);
  const { dataset } = spec;
  const state = await readRunState(store, runId);
  const out = store.uri;
  const seen = await readFleetState(fleet);
  const progress = seen.redis === 'answers' ? fleet.progress : noCounts;
  const counters = await readRunCounts({ store, spec, state, progress });
  const closed = state === 'closed' ? await readClosedRun(store, runId, dataset.shards) : undefined;
  const finding = closed?.finding;
  const { broken } = await listRuns(store);
  if (json) {
    const { images, shards } = dataset;
    const run = { out, runId, state, images, shards, ...(finding && { finding }) };
    terminal.print(JSON.stringify({ schema: 'status@1', ...run, counters, ...seen, broken }));
    return 0;
  }
  terminal.print(`${runId} in ${placeOf(out)}: ${state}`);
  if (finding !== undefined) terminal.print(`${finding.text}. ${finding.next ?? ''}`.trimEnd());
  for (const words of brokenRunWords(store, broken)) terminal.warn(words);
  if (seen.redis === 'away') {
    terminal.print(countWords(counters, dataset));
    terminal.warn(
      `Redis is away (${seen.reason}): this is what storage has; whether the fleet is working is unknown`,
    );
    return 0;
  }
  const { workers, queue, coordinatorAlive, paused } = seen;
  terminal.print(fleetWords({ counters, workers, total: dataset }));
  const { waiting, active, delayed, failed } = queue;
  terminal.print(
    `queue: ${waiting} waiting, ${active} active, ${delayed} delayed, ${failed} failed`,
  );
  const pause = pausedWords(paused);
  if (pause !== undefined) terminal.warn(pause);
  if (state === 'open') warnOfAbsent(terminal, workers.length, coordinatorAlive);
  return 0;
}

/** About services that an open run needs to finish. */
function warnOfAbsent(terminal: Terminal, workers: number, coordinatorAlive: boolean): void {
  if (workers === 0) terminal.warn('no worker is alive: start one with "eigenfleet worker"');
  if (coordinatorAlive) return;
  terminal.warn(
    'no coordinator is alive, and without one the run gets no summary: start one with "eigenfleet coordinator"',
  );
}

async function watch(call: FleetCall): Promise<number> {
  const { patience } = parseOptions({ patience: duration }, call.options);
  return followRun({ ...call, patienceMs: patienceMsOf({ patience }) });
}

async function cancel({ store, runId, fleet, terminal, json }: FleetCall): Promise<number> {
  await cancelRun(store, fleet.progress, runId);
  const words = `Cancelled ${runId}. What is done stays; eigenfleet resume continues it.`;
  terminal.print(json ? JSON.stringify({ schema: 'cancelled@1', runId }) : words);
  return 0;
}

async function resume({
  store,
  runId,
  fleet,
  terminal,
  json,
  options,
}: FleetCall): Promise<number> {
  const spec = await openRun(store, runId);
  await fleet.progress.rememberOut(store.uri);
  const retryFailed = options.retryFailed === true;
  const result = await resumeRun({ ...fleet, store, spec, priority: 'normal', retryFailed });
  const out = String(options.out);
  const words = resumedWords({ runId, out, result, report: reportPlaceOf(store, runId) });
  terminal.print(json ? JSON.stringify({ schema: 'resumed@1', runId, ...result }) : words);
  return 0;
}

async function printRuns(store: ObjectStore, json: boolean): Promise<void> {
  const terminal = openTerminal({ json });
  const { runs: listed, broken } = await listRuns(store);
  const runs = await Promise.all(
    listed.map(async (run) => ({
      ...run,
      state: await readRunState(store, run.runId),
    })),
  );
  if (json) return terminal.print(JSON.stringify({ schema: 'runs@1', runs, broken }));
  for (const words of brokenRunWords(store, broken)) terminal.warn(words);
  if (runs.length === 0) return terminal.print(`There are no runs in ${store.uri}.`);
  for (const { runId, plannedAt, images, names, state } of runs) {
    const day = plannedAt.slice(0, 16).replace('T', ' ');
    const known = names.length > 0 ? `  ${names.join(', ')}` : '';
    terminal.print(
      `${day}  ${state.padEnd(9)}  ${String(images).padStart(8)} images  ${runId}${known}`,
    );
  }
}
