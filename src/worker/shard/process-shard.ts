import { hostname } from 'node:os';
import { hasEvaluation } from '../../evaluate/merge/evaluation-setup.ts';
import { collectOldGarbage } from '../../shared/host/garbage-collection.ts';
import type { ShardMarker } from '../../shared/results/shard-marker.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
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
  await workAll(task, ports, result);
  if (signal.aborted) return { status: 'abandoned' };
  await result.timer.time('write', () => result.write(store));
  if (hasEvaluation(task.spec)) {
    await result.timer.time('evaluate', () => result.evaluate(store));
  }
  const marker: ShardMarker = {
    schema: 'done@3',
    runId: task.spec.runId,
    shard: task.shard,
    files: result.files(),
    statistics: result.statistics(),
    timingsMs: result.timer.totals(),
    wallMs: Math.round(explainer.takeWallMs(startedMs)),
    device: explainer.inference.device,
    host: hostname(),
    versions: { ...ports.versions },
    finishedAt: new Date().toISOString(),
  };
  const key = objectKeys.done(task.spec.runId, task.shard);
  await store.put(key, new TextEncoder().encode(JSON.stringify(marker)));
  return { status: 'done', marker };
}

/** Processes all samples, until the signal. */
async function workAll(task: ShardTask, ports: ShardPorts, result: ShardResult): Promise<void> {
  const { signal, explainer, note } = ports;
  const work = new SampleWork(task, ports, result);
  // A suspect runs alone, so that another crash has only one culprit.
  const suspects = new Set(note.suspects.filter((row) => row < task.samples.length));
  await tryInChild([...suspects], task, ports);
  await runConcurrently([...suspects], 1, signal, (row) => work.run(row, true));
  const rest = task.samples.flatMap((_, row) => (suspects.has(row) ? [] : [row]));
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
