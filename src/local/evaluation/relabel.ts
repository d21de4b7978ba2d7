import { placeLabels } from '../../evaluate/labels/place-labels.ts';
import { readLabels } from '../../evaluate/labels/read-labels.ts';
import type { EvaluationSetup } from '../../evaluate/merge/evaluation-setup.ts';
import { evaluateShard } from '../../evaluate/objects/evaluate-shard.ts';
import { readShardRows } from '../../evaluate/objects/stored-shards.ts';
import { wholeFiles } from '../../evaluate/objects/whole-files.ts';
import type { EvaluatedShards, RowsByAddress } from '../../evaluate/objects/write-evaluation.ts';
import type { PlannedLabels } from '../../producer/plan/plan-labels.ts';
import { mostFileBytes } from '../../shared/host/regular-file.ts';
import { inOrder } from '../../shared/in-order.ts';
import type { StoredRow } from '../../shared/results/sample-row-parquet.ts';
import { type LabelEntry, labelEntrySchema } from '../../shared/run/labels/label.ts';
import type { LabelRemark } from '../../shared/run/labels/sample-labels.ts';
import { addressOf, type RowAddress, shardOf } from '../../shared/run/places/row-address.ts';
import { cutOf } from '../../shared/run/planned-shards.ts';
import { labelPlaceOf, type RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
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
  /** Told of each fault of a label file, in the order of the images. */
  readonly remark: (remark: LabelRemark) => void;
}

/** A run's shards beside labels that are read anew: matched to the stored rows by their place in the manifest, without images and without inference. */
export function relabeledShards(
  request: RelabelRequest,
  shards: readonly number[],
): EvaluatedShards {
  const { store, spec, setup, labels } = request;
  const wanted = new Set(shards);
  const evaluate = async ({ shard, entries }: ShardEntries) => {
    const rows = await readShardRows(store, spec.runId, shard);
    if (rows === undefined) return undefined;
    const relabeled = await relabel(rows, entries, request);
    const remarks = relabeled.rows.flatMap((row) => row.labels?.remarks ?? []);
    const stored = wholeFiles(store);
    return {
      remarks,
      evaluated: await evaluateShard({ spec, setup, shard, stored, ...relabeled }),
    };
  };
  return {
    setup,
    source: labels.spec.rootUri,
    shards: async function* () {
      const all = inOrder(entriesByShard(request, wanted), shardsAtOnce, evaluate);
      for await (const one of all) {
        if (one === undefined) continue;
        for (const remark of one.remarks) request.remark(remark);
        yield one.evaluated;
      }
    },
    relabeled: (rows) => relabelSome(rows, request),
  };
}

/** Some rows of a run with the labels that are read anew, for what shows their images. */
async function relabelSome(rows: RowsByAddress, request: RelabelRequest): Promise<RowsByAddress> {
  const relabeled = new Map<RowAddress, SampleRow>();
  const wanted = new Map<number, SampleRow[]>();
  for (const [address, row] of rows) {
    const shard = shardOf(address);
    wanted.set(shard, [...(wanted.get(shard) ?? []), row]);
  }
  for await (const { shard, entries } of entriesByShard(request, new Set(wanted.keys()))) {
    const some = wanted.get(shard) ?? [];
    const read = inOrder(some, filesAtOnce, (one) => withLabels(one, entries, request));
    for await (const { row } of read) relabeled.set(addressOf({ shard, row: row.row }), row);
  }
  return relabeled;
}

interface ShardEntries {
  readonly shard: number;
  readonly entries: readonly LabelEntry[];
}

async function* entriesByShard(
  { labels, spec }: RelabelRequest,
  wanted: ReadonlySet<number>,
): AsyncGenerator<ShardEntries> {
  for await (const { shard, bytes } of labels.parts(cutOf(spec))) {
    if (!wanted.has(shard)) continue;
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

async function withLabels<Row extends SampleRow>(
  row: Row,
  entries: readonly LabelEntry[],
  { spec, labels, files, signal }: RelabelRequest,
): Promise<{ row: Row; isChanged: boolean }> {
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
