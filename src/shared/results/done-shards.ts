import { EigenfleetError } from '../errors.ts';
import { objectKeys } from '../run/object-keys.ts';
import { imagesOfShard, type PlannedShards } from '../run/planned-shards.ts';
import { StatisticsAccumulator } from '../statistics/statistics-accumulator.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { mostStoredBytes, readStoredBytes } from '../storage/stored-json.ts';
import { decodeMarker } from './marker/marker-codec.ts';
import type { ShardMarker } from './marker/shard-marker.ts';
import { isShardIntact } from './shard-files.ts';

/** Markers read at once: enough to hide a request's latency, few enough to hold. */
const atOnce = 16;

export interface ShardsOfRun {
  readonly planned: PlannedShards;
  /** 0 when absent. */
  readonly first?: number;
  /** Exclusive; all shards of the run when absent. */
  readonly end?: number;
  /** Shards to skip. */
  readonly except?: ReadonlySet<number>;
}

/**
 * Calls `visit` with the marker of every shard that is done, in no particular order, and returns the shards that are not: no marker,
 * one that `readDoneShard` rejects, or files other than the ones the marker names. A marker of another version, and one that proves damaged only when `visit`
 * reads its statistics, go to `onUnusable`; `visit` may have counted a part of it by then. Without `onUnusable`, throws `storage`.
 *
 * @returns ascending
 */
export async function visitDoneShards(
  store: ObjectStore,
  { planned, first = 0, end = planned.dataset.shards, except }: ShardsOfRun,
  visit: (marker: ShardMarker) => void,
  onUnusable?: (shard: number, reason: string) => void,
): Promise<number[]> {
  const missing: number[] = [];
  let next = first;
  async function work(): Promise<void> {
    while (next < end) {
      const shard = next++;
      if (except?.has(shard)) continue;
      try {
        const marker = await readDoneShard(store, planned, shard);
        if (marker === undefined) missing.push(shard);
        else visitIntact(planned.runId, marker, visit);
      } catch (error) {
        if (onUnusable === undefined || !(error instanceof UnusableMarkerError)) throw error;
        onUnusable(shard, error.message);
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, end - first) }, work));
  return missing.sort((a, b) => a - b);
}

/** A marker that exists and can never be used, however often it is read. */
class UnusableMarkerError extends EigenfleetError {}

/** Columns whose digest is right can still be forged, which shows only when they are merged. */
function visitIntact(
  runId: string,
  marker: ShardMarker,
  visit: (marker: ShardMarker) => void,
): void {
  try {
    visit(marker);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const key = objectKeys.done(runId, marker.shard);
    throw new UnusableMarkerError(
      'storage',
      `${key} is damaged (${cause.message}): delete it and resume the run.`,
      { cause },
    );
  }
}

/**
 * The marker of a shard that is done: `undefined` without one, with a damaged one, with one that is not about all images of this shard and its own files,
 * or when its files are not the ones it names.
 */
export async function readDoneShard(
  store: ObjectStore,
  planned: PlannedShards,
  shard: number,
): Promise<ShardMarker | undefined> {
  const marker = await readOwnMarker(store, planned, shard);
  return marker !== undefined && (await isShardIntact(store, marker)) ? marker : undefined;
}

/** The same, but nobody has looked at the files yet. */
export async function readOwnMarker(
  store: ObjectStore,
  planned: PlannedShards,
  shard: number,
): Promise<ShardMarker | undefined> {
  const marker = await readMarker(store, planned.runId, shard);
  return marker !== undefined && isAbout(marker, planned, shard) ? marker : undefined;
}

/** Whole files prove nothing if they belong to another shard or lack images. */
function isAbout(marker: ShardMarker, planned: PlannedShards, shard: number): boolean {
  const { runId } = planned;
  const keys = new Set(marker.files.map(({ key }) => key));
  return (
    marker.statistics.images === imagesOfShard(planned, shard) &&
    keys.size === marker.files.length &&
    keys.has(objectKeys.shard(runId, shard)) &&
    [...keys].every((key) => objectKeys.isOfShard(key, runId, shard))
  );
}

async function readMarker(
  store: ObjectStore,
  runId: string,
  shard: number,
): Promise<ShardMarker | undefined> {
  const key = objectKeys.done(runId, shard);
  const stored = await readStoredBytes(store, key, mostStoredBytes.marker);
  if (stored.status !== 'read') return undefined;
  const decoded = decodeMarker(stored.bytes);
  if (decoded.status === 'other-version') throw otherVersion(key, decoded.schema);
  if (decoded.status === 'damaged') return undefined;
  const { marker } = decoded;
  return marker.runId === runId && marker.shard === shard ? marker : undefined;
}

/** A marker of another version does not count as damage: in a fleet of two versions each would do again what the other has done, forever. */
function otherVersion(key: string, schema: string): UnusableMarkerError {
  return new UnusableMarkerError(
    'storage',
    `${key} was written by another version of eigenfleet (${schema}): use one version for a run and its whole fleet, or begin the run anew with another --out.`,
  );
}

/** Returns the shards below `shards` that have a marker; `readDoneShard` checks whether it is true. */
export async function markedShards(
  store: ObjectStore,
  { runId, shards }: { readonly runId: string; readonly shards: number },
): Promise<Set<number>> {
  const marked = new Set<number>();
  for await (const { key } of store.list(objectKeys.doneMarkers(runId))) {
    const shard = objectKeys.shardOf(key);
    if (shard !== undefined && shard < shards) marked.add(shard);
  }
  return marked;
}

/**
 * Deletes the marker of a shard when it is unusable, so that the shard counts as not done and runs again. One of another version goes
 * too, since the caller asked for a retry.
 */
export async function deleteUnusableMarker(
  store: ObjectStore,
  planned: PlannedShards,
  shard: number,
): Promise<void> {
  let usable = false;
  const merge = (marker: ShardMarker) => {
    new StatisticsAccumulator().merge(marker.statistics);
    usable = true;
  };
  const range = { planned, first: shard, end: shard + 1 };
  await visitDoneShards(store, range, merge, () => {});
  if (!usable) await store.delete(objectKeys.done(planned.runId, shard));
}
