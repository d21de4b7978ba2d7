import { evaluatedPartSchema } from '../../evaluate/merge/evaluated-part.ts';
import {
  evaluationSetup,
  hasEvaluation,
  isSameSetup,
} from '../../evaluate/merge/evaluation-setup.ts';
import { readOwnMarker } from '../../shared/results/done-shards.ts';
import type { ShardFile, ShardMarker } from '../../shared/results/marker/shard-marker.ts';
import { readTable, TableWriter } from '../../shared/results/parquet-table.ts';
import { putShardFile, sha256Of } from '../../shared/results/shard-files.ts';
import { keyMix } from '../../shared/run/carry/key-mix.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { imagesOfShard } from '../../shared/run/planned-shards.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { storeStatistics } from '../../shared/statistics/columns/store-statistics.ts';
import type { Exemplar, ShardStatistics } from '../../shared/statistics/shard-statistics.ts';
import { StatisticsAccumulator } from '../../shared/statistics/statistics-accumulator.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { canonicalOverlays } from './overlay-choice.ts';
import type { CarriedShard, ShardTask } from './shard-task.ts';

/** What of a marker comes from the earlier one. */
export type CopiedShard = Pick<ShardMarker, 'files' | 'statistics' | 'device' | 'versions'>;

/**
 * Copies a shard whose images are those of one earlier shard, in the same rows, with the same labels and pictures: file by file, most of them by the storage itself. `undefined` where
 * it is not so, and where the earlier shard is torn: then its images are taken over one by one, or explained.
 */
export async function copyShard(
  store: ObjectStore,
  task: ShardTask,
  carried: CarriedShard,
): Promise<CopiedShard | undefined> {
  const from = wholeShardOf(task, carried);
  if (from === undefined || !isEvaluatedAlike(task.spec, carried.from)) return undefined;
  const marker = await readOwnMarker(store, carried.from, from);
  // What could not be fetched may be there by now.
  if (marker === undefined || (marker.statistics.statuses.failed_to_fetch ?? 0) > 0)
    return undefined;
  const statistics = withShard(marker.statistics, task.shard);
  if (statistics === undefined) return undefined;
  const move = {
    from: { runId: carried.from.runId, shard: from },
    to: { runId: task.spec.runId, shard: task.shard },
  };
  const copied = await Promise.all(marker.files.map((file) => copyFile(store, file, move)));
  const files = copied.filter((file) => file !== undefined);
  if (files.length < copied.length) return undefined;
  const { device, versions } = marker;
  return { files, statistics, device, versions };
}

/** The earlier shard that has the images of this one, and no others. */
function wholeShardOf(
  { spec, samples }: ShardTask,
  { places, from }: CarriedShard,
): number | undefined {
  const shard = places[0]?.shard;
  const isWhole = places.every(
    (place, row) => place?.shard === shard && place?.row === row && !place?.relabeled,
  );
  if (shard === undefined || !isWhole || imagesOfShard(from, shard) !== samples.length)
    return undefined;
  return haveSamePictures(spec, from, samples) ? shard : undefined;
}

/** Flagged images stay flagged; the sample may have changed. */
function haveSamePictures(now: RunSpec, then: RunSpec, samples: ShardTask['samples']): boolean {
  if (canonicalOverlays(now.options.overlays) !== canonicalOverlays(then.options.overlays))
    return false;
  const [a, b] = [now.dataset.sampleLimit, then.dataset.sampleLimit];
  if (now.options.overlays.all || now.options.overlays.sample === 0) return true;
  if (a === undefined || b === undefined) return false;
  return samples.every(({ key }) => keyMix(key) <= a === keyMix(key) <= b);
}

function isEvaluatedAlike(now: RunSpec, then: RunSpec): boolean {
  if (hasEvaluation(now) !== hasEvaluation(then)) return false;
  return !hasEvaluation(now) || isSameSetup(evaluationSetup(now), evaluationSetup(then));
}

interface Place {
  readonly runId: string;
  readonly shard: number;
}

interface Move {
  readonly from: Place;
  readonly to: Place;
}

/** `undefined` for a file that is not what its marker says: by size and etag, else (a copied folder has other etags) by its content. */
async function copyFile(
  store: ObjectStore,
  file: ShardFile,
  { from, to }: Move,
): Promise<ShardFile | undefined> {
  const padded = (shard: number) => String(shard).padStart(7, '0');
  const rest = file.key.slice(from.runId.length);
  const key = to.runId + rest.replace(`/${padded(from.shard)}`, `/${padded(to.shard)}`);
  if (isTheSame(file.key, { from, to })) {
    const copy = await store.copy(file, key);
    if (copy !== undefined) return { ...file, key, etag: copy.etag };
  }
  const bytes = await store.get(file.key);
  if (bytes === undefined) return undefined;
  if (sha256Of(bytes) !== file.sha256) return undefined;
  const moved = await movedBytes(bytes, file.key, { from, to });
  return moved && putShardFile(store, key, moved);
}

/** Rows and objects name their shard, and what is evaluated its run too. */
function isTheSame(key: string, { from, to }: Move): boolean {
  if (key === objectKeys.evaluated(from.runId, from.shard)) return false;
  const isTable =
    key === objectKeys.shard(from.runId, from.shard) ||
    key === objectKeys.evaluatedObjects(from.runId, from.shard);
  return !isTable || from.shard === to.shard;
}

async function movedBytes(
  bytes: Uint8Array,
  key: string,
  { from, to }: Move,
): Promise<Uint8Array | undefined> {
  if (key === objectKeys.evaluated(from.runId, from.shard)) return movedPart(bytes, to);
  if (isTheSame(key, { from, to })) return bytes;
  const { schema, rowCount, columns } = await readTable(bytes);
  const isObjects = key !== objectKeys.shard(from.runId, from.shard);
  const writer = new TableWriter(schema, isObjects ? 'objects@1' : undefined);
  writer.append(new Map([...columns, ['shard', new Array<number>(rowCount).fill(to.shard)]]));
  return writer.finish();
}

function movedPart(bytes: Uint8Array, to: Place): Uint8Array | undefined {
  try {
    const part = evaluatedPartSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    // Labels that could not be read may be readable by now.
    if (part.sums.counts.unusable > 0) return undefined;
    return new TextEncoder().encode(JSON.stringify({ ...part, ...to }));
  } catch {
    return undefined;
  }
}

/** The statistics name the places of their exemplars. `undefined` where they are damaged. */
function withShard(
  stored: ShardMarker['statistics'],
  shard: number,
): ShardMarker['statistics'] | undefined {
  const statistics = mergedStatistics(stored);
  if (statistics === undefined) return undefined;
  const moved = (all: readonly Exemplar[]) => all.map((one) => ({ ...one, shard }));
  const { flags, extremes, evenSample } = statistics;
  return storeStatistics({
    ...statistics,
    flags: mapped(flags, ({ count, exemplars }) => ({ count, exemplars: moved(exemplars) })),
    extremes: mapped(extremes, ({ lowest, highest }) => ({
      lowest: moved(lowest),
      highest: moved(highest),
    })),
    evenSample: moved(evenSample),
  });
}

function mergedStatistics(stored: ShardMarker['statistics']): ShardStatistics | undefined {
  const accumulator = new StatisticsAccumulator();
  try {
    accumulator.merge(stored);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return accumulator.build();
}

function mapped<Value>(
  record: Readonly<Record<string, Value>>,
  convert: (value: Value) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, convert(value)]));
}
