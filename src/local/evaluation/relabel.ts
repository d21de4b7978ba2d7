import { placeLabels } from '../../evaluate/labels/place-labels.ts';
import { readLabels } from '../../evaluate/labels/read-labels.ts';
import type { EvaluationSetup } from '../../evaluate/merge/evaluation-setup.ts';
import { evaluateShard } from '../../evaluate/objects/evaluate-shard.ts';
import { readShardRows } from '../../evaluate/objects/stored-shards.ts';
import { wholeFiles } from '../../evaluate/objects/whole-files.ts';
import type { EvaluatedShards } from '../../evaluate/objects/write-evaluation.ts';
import type { PlannedLabels } from '../../producer/plan/plan-labels.ts';
import { mostFileBytes } from '../../shared/host/regular-file.ts';
import { inOrder } from '../../shared/in-order.ts';
import type { StoredRow } from '../../shared/results/sample-row-parquet.ts';
import { type LabelEntry, labelEntrySchema } from '../../shared/run/labels/label.ts';
import { cutOf } from '../../shared/run/planned-shards.ts';
import { labelPlaceOf, type RunSpec } from '../../shared/run/run-spec.ts';
import { findsKeypoints, traitsOf } from '../../shared/run/task-traits.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { fetchSample } from '../../worker/shard/fetch-sample.ts';

/** Shards read at once. */
const shardsAtOnce = 4;
/** Label files of a shard read at once. */
const filesAtOnce = 16;

export interface RelabelRequest {
  readonly store: ObjectStore;
  readonly spec: RunSpec;
  readonly setup: EvaluationSetup;
  /** Listed anew. */
  readonly labels: PlannedLabels;
  /** Where label files are; absent where the list says all. */
  readonly files: ObjectStore | undefined;
  readonly signal: AbortSignal;
}

/** A run's shards beside labels that are read anew: matched to the stored rows by their place in the manifest, without images and without inference. */
export function relabeledShards(
  request: RelabelRequest,
  shards: readonly number[],
): EvaluatedShards {
  const { store, spec, setup, labels } = request;
  const wanted = new Set(shards);
  const evaluate = async ({ shard, entries }: ShardEntries) => {
    if (!wanted.has(shard)) return undefined;
    const rows = await readShardRows(store, spec.runId, shard);
    if (rows === undefined) return undefined;
    const relabeled = await relabel(rows, entries, request);
    return evaluateShard({ spec, setup, shard, stored: wholeFiles(store), ...relabeled });
  };
  return {
    setup,
    source: labels.spec.rootUri,
    shards: async function* () {
      const all = inOrder(entriesByShard(request), shardsAtOnce, evaluate);
      for await (const one of all) if (one !== undefined) yield one;
    },
  };
}

interface ShardEntries {
  readonly shard: number;
  readonly entries: readonly LabelEntry[];
}

async function* entriesByShard({ labels, spec }: RelabelRequest): AsyncGenerator<ShardEntries> {
  for await (const { shard, bytes } of labels.parts(cutOf(spec))) {
    const lines = new TextDecoder().decode(bytes).split('\n').slice(0, -1);
    yield { shard, entries: lines.map((line) => labelEntrySchema.parse(JSON.parse(line))) };
  }
}

async function relabel(
  rows: readonly StoredRow[],
  entries: readonly LabelEntry[],
  request: RelabelRequest,
): Promise<{ rows: StoredRow[]; changed: Set<number> }> {
  const { spec } = request;
  const changed = new Set<number>();
  const relabeled: StoredRow[] = [];
  for await (const row of inOrder(rows, filesAtOnce, (one) => withLabels(one, entries, request))) {
    relabeled.push(row.row);
    if (spec.labels !== undefined && row.isChanged) changed.add(row.row.row);
  }
  return { rows: relabeled, changed };
}

async function withLabels(
  row: StoredRow,
  entries: readonly LabelEntry[],
  { spec, labels, files, signal }: RelabelRequest,
): Promise<{ row: StoredRow; isChanged: boolean }> {
  const { geometry, key } = row;
  if (row.status !== 'success' || geometry === undefined) return { row, isChanged: false };
  const { classNames, task } = spec.model;
  const context = {
    ...{ spec: labels.spec, classNames, key },
    withKeypoints: findsKeypoints(task),
  };
  const read = await readLabels(entries[row.row] ?? {}, context, async (file) =>
    files === undefined
      ? { status: 'failed_to_fetch', reason: 'there is no place of label files' }
      : fetchSample(file, files, signal, mostFileBytes.labels),
  );
  const placed = placeLabels(read, geometry, traitsOf(task).shape);
  const { labels: before } = row;
  const isChanged = before?.digest !== placed.digest || before?.status !== placed.status;
  return { row: { ...row, labels: placed }, isChanged };
}

/** As they are called where they are read. */
export function labelFilesOf({ spec }: PlannedLabels): string | undefined {
  return labelPlaceOf({ labels: spec });
}
