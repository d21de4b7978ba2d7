import { EigenfleetError } from '../../shared/errors.ts';
import { softwareVersions } from '../../shared/host/software-versions.ts';
import type { FleetQueues } from '../../shared/queue/fleet-queues.ts';
import type { RunProgress } from '../../shared/queue/run-counters.ts';
import type { ShardJob } from '../../shared/queue/shard-job.ts';
import { readDoneShard } from '../../shared/results/done-shards.ts';
import type { ShardMarker } from '../../shared/results/marker/shard-marker.ts';
import { readLabelEntries } from '../../shared/run/labels/stored-labels.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { readSamples } from '../../shared/run/stored-manifest.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import type { ByteBudget } from '../shard/byte-budget.ts';
import type { InFlightNote } from '../shard/in-flight-note.ts';
import { carryShard, processShard, type ShardOutcome } from '../shard/process-shard.ts';
import { carriedShardOf } from '../shard/read-carried.ts';
import type { OpenRun, OpenRuns } from './open-runs.ts';
import { suspectTrial } from './suspect-trial.ts';

/** Outcome of one attempt at a shard's job. */
export type AttemptOutcome =
  /** `repeated`: its results were there already. */
  | { readonly status: 'done' | 'repeated'; readonly marker: ShardMarker }
  /** The worker is stopping: the job goes back to the queue, no attempt used. */
  | { readonly status: 'handed-back' }
  | { readonly status: 'cancelled' };

export interface AttemptPorts {
  readonly runs: OpenRuns;
  readonly queues: Pick<FleetQueues, 'addSummary'>;
  readonly progress: RunProgress;
  readonly budget: ByteBudget;
  openNote(job: ShardJob): Promise<InFlightNote>;
  /** How the stores were opened, for a process that tries an image alone. */
  readonly storeOptions: StoreOptions;
  onSample(job: ShardJob, row: SampleRow): void;
}

/**
 * Makes one attempt at a shard's job, from its payload to its booked results. May run any number of times, also at once on several machines:
 * results are idempotent, and the booking counts a shard once. Throws when the shard must be retried, `EigenfleetError` with code
 * `model` or `usage`, or `DamagedManifestError`, when another try cannot help.
 */
export async function attemptShard(
  job: ShardJob,
  ports: AttemptPorts,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const { progress, runs } = ports;
  if (await progress.isCancelled(job)) return { status: 'cancelled' };
  return runs.use(job.out, job.runId, async (run) => {
    const { spec, store } = run;
    assertShardOf(spec, job.shard);
    const before = await readDoneShard(store, spec, job.shard);
    if (before !== undefined) {
      await book(job, before, spec.dataset.shards, ports);
      return { status: 'repeated', marker: before };
    }
    const cancel = watchCancel(job, progress);
    try {
      const outcome = await workOff(job, run, ports, AbortSignal.any([signal, cancel.signal]));
      if (outcome.status === 'abandoned') {
        return { status: cancel.signal.aborted ? 'cancelled' : 'handed-back' };
      }
      await book(job, outcome.marker, spec.dataset.shards, ports);
      return outcome;
    } finally {
      cancel.stop();
    }
  });
}

function assertShardOf({ runId, dataset }: RunSpec, shard: number): void {
  if (shard < dataset.shards) return;
  throw new EigenfleetError(
    'usage',
    `Run ${runId} has ${dataset.shards} shards, and none of number ${shard}.`,
  );
}

async function workOff(
  job: ShardJob,
  run: OpenRun,
  ports: AttemptPorts,
  signal: AbortSignal,
): Promise<ShardOutcome> {
  const { spec, store, images, labels } = run;
  const { shard } = job;
  const samples = await readSamples(store, spec, shard);
  const entries = await readLabelEntries(store, spec, shard);
  const carried = await carriedShardOf(store, { spec, shard }, run.from);
  const task = { spec, shard, samples, labels: entries, carried };
  const onSample = (row: SampleRow) => ports.onSample(job, row);
  const common = { store, labels, signal, versions: softwareVersions(), onSample };
  const taken = await carryShard(task, common);
  if (taken.status !== 'incomplete') return taken;
  const explainer = await run.explainer();
  const { budget } = ports;
  return processShard(task, {
    ...{ ...common, images, explainer, budget },
    note: await ports.openNote(job),
    trial: suspectTrial(spec, explainer, ports.storeOptions),
  });
}

/** Counts the shard as done, once; settling the last one requests the summary. */
async function book(
  { out, runId, shard }: ShardJob,
  { statistics }: ShardMarker,
  total: number,
  { progress, queues }: AttemptPorts,
): Promise<void> {
  const images = statistics.images;
  const failed = images - (statistics.statuses.success ?? 0);
  const settled = { out, runId, shard, total, outcome: 'done', images, failed } as const;
  const answer = await progress.markShardSettled(settled);
  if (answer === 'last') await queues.addSummary({ v: 1, out, runId });
}

/** How often a running shard asks whether its run was cancelled. */
const cancelPollMs = 3_000;

function watchCancel(job: ShardJob, progress: RunProgress) {
  const controller = new AbortController();
  const timer = setInterval(() => {
    progress.isCancelled(job).then(
      (cancelled) => {
        if (cancelled) controller.abort();
      },
      // Redis is away: the shard goes on, and the next look may succeed.
      () => {},
    );
  }, cancelPollMs);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}
