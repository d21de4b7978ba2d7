import { hostname } from 'node:os';
import { hasEvaluation } from '../../evaluate/merge/evaluation-setup.ts';
import { collectOldGarbage } from '../../shared/host/garbage-collection.ts';
import { encodeMarker } from '../../shared/results/marker/marker-codec.ts';
import type { ShardMarker } from '../../shared/results/marker/shard-marker.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { CarryPorts } from './carry-samples.ts';
import { copyShard } from './copy-shard.ts';
import { runConcurrently } from './run-concurrently.ts';
import { SampleWork } from './sample-work.ts';
import { ShardResult } from './shard-result.ts';
import type { ShardPorts, ShardTask } from './shard-task.ts';

export type ShardOutcome =
  | { readonly status: 'done'; readonly marker: ShardMarker }
  /** The signal came first; nothing counts as done. */
  | { readonly status: 'abandoned' };

/**
 * Explains the samples of one shard and writes its files, the marker last. A bad image is a row with a status and a reason. Throws when the
 * results cannot be written or the device is broken: then the whole shard must be retried, and no image is to blame.
 */
export async function processShard(task: ShardTask, ports: ShardPorts): Promise<ShardOutcome> {
  const { signal, note } = ports;
  try {
    const outcome = await attempt(task, ports);
    await note.close(outcome.status);
    return outcome;
  } catch (error) {
    // Nothing crashed up to here. The first error counts.
    await note.close('abandoned').catch(() => {});
    // Work cut off by the signal fails, such as reading a file: that does not fail the shard.
    if (!signal.aborted) throw error;
    return { status: 'abandoned' };
  }
}

async function attempt(task: ShardTask, ports: ShardPorts): Promise<ShardOutcome> {
  const startedMs = performance.now();
  const { signal, explainer, store } = ports;
  collectOldGarbage();
  const result = new ShardResult(task.spec, task.shard);
  const carried = await carryOver(task, ports, result);
  await workAll(task, ports, result, carried);
  if (signal.aborted) return { status: 'abandoned' };
  await writeResult(task.spec, result, store);
  return putMarker(task, ports, {
    ...resultFiles(result),
    ...{ timingsMs: result.timer.totals(), wallMs: explainer.takeWallMs(startedMs) },
    ...{ device: explainer.inference.device, versions: { ...ports.versions } },
  });
}

export type CarryOutcome =
  | ShardOutcome
  /** Some of its images must be explained: nothing was written that counts. */
  | { readonly status: 'incomplete' };

/** Takes a whole shard over from an earlier run, without a model. An image that must be explained leaves all of it to `processShard`. */
export async function carryShard(
  task: ShardTask,
  ports: CarryPorts & Pick<ShardPorts, 'versions'>,
): Promise<CarryOutcome> {
  try {
    return await attemptCarry(task, ports);
  } catch (error) {
    // A store that is stopped in the middle of a copy says so.
    if (!ports.signal.aborted) throw error;
    return { status: 'abandoned' };
  }
}

async function attemptCarry(
  task: ShardTask,
  ports: CarryPorts & Pick<ShardPorts, 'versions'>,
): Promise<CarryOutcome> {
  const { carried, spec } = task;
  if (carried === undefined || carried.places.includes(null)) return { status: 'incomplete' };
  const startedMs = performance.now();
  const copied = await copyShard(ports.store, task, carried);
  if (copied !== undefined) {
    const wallMs = performance.now() - startedMs;
    return putMarker(task, ports, { ...copied, wallMs, timingsMs: { carry: tenths(wallMs) } });
  }
  const result = new ShardResult(spec, task.shard);
  const quiet = { ...ports, onSample: () => {} };
  const done = await carryOver({ ...task, carried }, quiet, result);
  if (ports.signal.aborted) return { status: 'abandoned' };
  if (done.size < task.samples.length) return { status: 'incomplete' };
  await writeResult(spec, result, ports.store);
  return putMarker(task, ports, {
    ...resultFiles(result),
    ...{ timingsMs: result.timer.totals(), wallMs: performance.now() - startedMs },
    ...{ device: carriedDevice, versions: { ...ports.versions } },
  });
}

/** Nothing ran the model. */
const carriedDevice = 'none';

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

async function carryOver(
  task: ShardTask,
  ports: CarryPorts,
  result: ShardResult,
): Promise<ReadonlySet<number>> {
  const { carried } = task;
  if (carried === undefined) return new Set();
  // What few runs need brings the packages of the pixel threads, which take a run's main thread a tenth of a second to load.
  const { CarrySamples } = await import('./carry-samples.ts');
  return result.timer.time('carry', () => new CarrySamples(task, carried, ports, result).run());
}

async function writeResult(spec: RunSpec, result: ShardResult, store: ObjectStore): Promise<void> {
  await result.timer.time('write', () => result.write(store));
  if (hasEvaluation(spec)) {
    await result.timer.time('evaluate', () => result.evaluate(store));
  }
}

function resultFiles(result: ShardResult): Pick<ShardMarker, 'files' | 'statistics'> {
  return { files: result.files(), statistics: result.statistics() };
}

type MarkerFacts = Pick<
  ShardMarker,
  'files' | 'statistics' | 'timingsMs' | 'wallMs' | 'device' | 'versions'
>;

/** The last file of a shard: it counts as done from here on. */
async function putMarker(
  { spec, shard }: ShardTask,
  { store }: Pick<ShardPorts, 'store'>,
  { files, statistics, timingsMs, wallMs, device, versions }: MarkerFacts,
): Promise<ShardOutcome> {
  const marker: ShardMarker = {
    ...{ runId: spec.runId, shard, files, statistics, timingsMs },
    ...{ wallMs: Math.round(wallMs), device, host: hostname(), versions },
    finishedAt: new Date().toISOString(),
  };
  const key = objectKeys.done(spec.runId, shard);
  await store.put(key, encodeMarker(marker));
  return { status: 'done', marker };
}

/** Processes all samples, until the signal. */
async function workAll(
  task: ShardTask,
  ports: ShardPorts,
  result: ShardResult,
  carried: ReadonlySet<number>,
): Promise<void> {
  const { signal, explainer, note } = ports;
  const work = new SampleWork(task, ports, result);
  // A suspect runs alone, so that another crash has only one culprit.
  const suspects = new Set(
    note.suspects.filter((row) => row < task.samples.length && !carried.has(row)),
  );
  await tryInChild([...suspects], task, ports);
  await runConcurrently([...suspects], 1, signal, (row) => work.run(row, true));
  const rest = task.samples.flatMap((_, row) =>
    suspects.has(row) || carried.has(row) ? [] : [row],
  );
  const last = rest.at(-1);
  if (last === undefined) ports.onAllBegun?.();
  await runConcurrently(rest, explainer.usefulConcurrency, signal, (row) => {
    if (row === last) ports.onAllBegun?.();
    return work.run(row);
  });
}

/** Sets aside what crashes a separate process, so that this one survives. */
async function tryInChild(
  suspects: readonly number[],
  { samples }: ShardTask,
  { trial, note, signal }: ShardPorts,
): Promise<void> {
  if (trial === undefined || suspects.length === 0) return;
  const tried = suspects.flatMap((row) => samples[row] ?? []);
  const crashed = await trial(tried, signal);
  for (const row of suspects) {
    const sample = samples[row];
    if (sample !== undefined && crashed.has(sample)) await note.condemn(row);
  }
}
