import { type Command, Option } from 'commander';
import { type FleetConnection, withFleet } from '../../fleet/fleet-connection.ts';
import { patienceMsOf, patientStores } from '../../local/storage-patience.ts';
import { assertOneFile, uploadModel } from '../../model/cache/model-cache.ts';
import { nameStartedRun } from '../../producer/plan/name-started-run.ts';
import { type PlanRequest, planRun } from '../../producer/plan/plan-run.ts';
import { writePlan } from '../../producer/plan/write-plan.ts';
import { enqueueRun } from '../../producer/queue/enqueue-run.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { type JobPriority, jobPriorities } from '../../shared/queue/shard-job.ts';
import { commandLine } from '../../shared/redaction/command-line.ts';
import { type RunState, readRunState, reportPlaceOf } from '../../shared/run/run-state.ts';
import { defaultOut, type RunSettings } from '../../shared/settings/run-settings.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { enqueuedWords } from '../follow/fleet-answers.ts';
import { followRun } from '../follow/follow-run.ts';
import { assertGate, type RunGate, readGate } from '../follow/run-gate.ts';
import { addEnqueueOptions, parseEnqueueOptions } from '../options/enqueue-options.ts';
import { addRedisOptions, redisTargetOf } from '../options/fleet-options.ts';
import { fromEnvironment } from '../options/from-environment.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { dryRunText, planText } from '../terminal/plan-text.ts';
import { openTerminal, type Terminal } from '../terminal/terminal.ts';

export function addEnqueueCommand(program: Command): void {
  const command = program
    .command('enqueue')
    .description('plan a run and hand its shards to the fleet')
    .addOption(
      new Option('--priority <which>', 'audits go before normal runs, and those before bulk runs')
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
  eigenfleet enqueue -m best.onnx -i s3://data/val -o s3://results --wait --fail-if "recall<0.7"

Running the same command again adds what is missing and changes nothing else.`,
    )
    .action(async (options: Record<string, unknown>) => {
      process.exitCode = await enqueue(await parseEnqueueOptions(options), options);
    });
  addRedisOptions(command);
  addEnqueueOptions(command);
}

async function enqueue(settings: RunSettings, options: Record<string, unknown>): Promise<number> {
  const { quiet = false, json = false, out = defaultOut } = settings;
  const terminal = openTerminal({ quiet, json });
  const target = redisTargetOf(options);
  return interruptible(terminal, async (signal) => {
    const { note, warn } = terminal;
    const wait = options.wait === true;
    const gate = await readGate(settings);
    if (gate !== undefined && !wait) throw new EigenfleetError('usage', rulesWithoutWait);
    const store = patientStores({ settings, note, signal }).open(out);
    const request = { settings, store, note, warn, signal, ...(await fromEnvironment()) };
    // A plan needs no fleet: it works without Redis.
    if (settings.dryRun) return printPlan(request, terminal);
    const priority = options.priority as JobPriority;
    const handOver = { priority, wait, gate, terminal };
    return withFleet(target, (fleet) => handToFleet(request, { fleet, ...handOver }));
  });
}

async function printPlan(request: PlanRequest, terminal: Terminal): Promise<number> {
  const planned = await planRun(request);
  const { settings, store } = request;
  try {
    const { spec } = planned.plan;
    terminal.print(settings.json ? JSON.stringify(spec) : await dryRunText(planned, store));
    return 0;
  } finally {
    await planned.close();
  }
}

const rulesWithoutWait =
  'Rules are held against a finished run: add --wait, or call `eigenfleet check` when it is done.';

interface HandOver {
  readonly fleet: FleetConnection;
  readonly priority: JobPriority;
  readonly wait: boolean;
  readonly gate: RunGate | undefined;
  readonly terminal: Terminal;
}

async function handToFleet(request: PlanRequest, handOver: HandOver): Promise<number> {
  const { settings, store, note, warn, signal } = request;
  const { json = false, name, out = defaultOut } = settings;
  const { fleet, priority, wait, gate, terminal } = handOver;
  const planned = await planRun(request);
  try {
    await assertGate(gate, planned.plan.spec.model.classNames);
    const state = await stateUnlessCancelled(store, planned.plan.spec.runId, out);
    const { model, path, sha256 } = planned.loaded;
    assertOneFile(model.name, model.externalFiles);
    await uploadModel(store, path, sha256);
    const { spec, created, mended } = await writePlan(store, planned.plan, signal);
    if (mended !== undefined) warn(mended);
    await nameStartedRun(store, { runId: spec.runId, name }, note);
    await fleet.progress.rememberOut(store.uri);
    const { queues } = fleet;
    const enqueued = await enqueueRun({ queues, store, spec, priority, created, signal });
    note(planText(planned));
    const { runId } = spec;
    if (wait) {
      const patienceMs = patienceMsOf(settings);
      // It waits by itself, for Redis too.
      const plain = openStore(out, settings);
      const followed = { fleet, store: plain, runId, terminal, json, signal, patienceMs, gate };
      return await followRun(followed);
    }
    const report = state === 'closed' ? reportPlaceOf(store, runId) : undefined;
    const { added: shards, failed: failedShards } = enqueued;
    const answer = { schema: 'enqueued@1', runId, shards, failedShards };
    const facts = { runId, shards: spec.dataset.shards, out, enqueued, report };
    terminal.print(json ? JSON.stringify(answer) : enqueuedWords(facts));
    return 0;
  } finally {
    await planned.close();
  }
}

/** Workers end every shard of a cancelled run at once: adding jobs to it would be useless. */
async function stateUnlessCancelled(
  store: ObjectStore,
  runId: string,
  out: string,
): Promise<RunState> {
  const state = await readRunState(store, runId);
  if (state !== 'cancelled') return state;
  const remedy = commandLine(['resume', runId, '--out', out]);
  throw new EigenfleetError('incomplete', `Run ${runId} was cancelled: \`${remedy}\` resumes it.`);
}
