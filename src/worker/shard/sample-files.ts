import { type ReadLabels, readLabels } from '../../evaluate/labels/read-labels.ts';
import { mostFileBytes } from '../../shared/host/regular-file.ts';
import { StorageUnavailableError } from '../../shared/host/storage-unavailable.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { Sample } from '../../shared/run/sample.ts';
import { findsKeypoints } from '../../shared/run/task-traits.ts';
import { contradictionOf } from '../../shared/storage/contradiction.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { type FetchedSample, fetchSample } from './fetch-sample.ts';
import type { ShardPorts, ShardTask } from './shard-task.ts';

type Task = Pick<ShardTask, 'spec' | 'labels'>;
type Ports = Pick<ShardPorts, 'store' | 'labels' | 'signal'>;

/**
 * An image may have been deleted, but not run.json as well: where both are "not found" the storage refuses, and no image fails for that. The results' own store waits
 * while it contradicts itself, so a file that is absent is asked for once more behind it. Where images lie in another place, that place is asked whether it lists the file.
 */
export async function fetchFile(
  file: Sample,
  from: ObjectStore,
  { store, signal, runId }: Omit<Ports, 'labels'> & { readonly runId: string },
  mostBytes?: number,
): Promise<FetchedSample> {
  const fetched = await fetchSample(file, from, signal, mostBytes);
  if (!('absent' in fetched)) return fetched;
  const runKey = objectKeys.run(runId);
  if ((await store.get(runKey, signal)) !== undefined) {
    const again = await fetchSample(file, from, signal, mostBytes);
    const fault = 'absent' in again ? await contradictionOf(from, file.key) : undefined;
    if (fault !== undefined) throw fault;
    return again;
  }
  throw new StorageUnavailableError(
    `${store.uri} has no ${runKey} any longer, and ${from.uri} no ${file.key}: see whether the storage is the right one, and answers.`,
    { lasting: true },
  );
}

/** The labels of an image of a shard as they are now; `undefined` where the dataset has none. */
export async function readLabelsOf(
  { labels: entries, spec }: Task,
  ports: Ports,
  { key }: Sample,
  row: number,
): Promise<ReadLabels | undefined> {
  const entry = entries?.[row];
  if (entry === undefined || spec.labels === undefined) return undefined;
  const { classNames, task } = spec.model;
  const { runId } = spec;
  const withKeypoints = findsKeypoints(task);
  const context = { spec: spec.labels, classNames, withKeypoints, key };
  return readLabels(entry, context, async (file) =>
    ports.labels === undefined
      ? {
          status: 'failed_to_fetch',
          reason: 'the worker may not read its folder: see --allow-in',
        }
      : fetchFile(file, ports.labels, { ...ports, runId }, mostFileBytes.labels),
  );
}
