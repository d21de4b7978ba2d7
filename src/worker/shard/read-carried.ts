import { readCarriedPlaces } from '../../shared/run/carry/carry-plan.ts';
import { BrokenRunError, findRun } from '../../shared/run/open-run.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { CarriedShard } from './shard-task.ts';

/** The run that this one takes results over from; `undefined` without one, and where it is gone: then all images are explained. */
export async function earlierRunOf(
  store: ObjectStore,
  { carried }: Pick<RunSpec, 'carried'>,
): Promise<RunSpec | undefined> {
  if (carried === undefined) return undefined;
  try {
    return await findRun(store, carried.runId);
  } catch (error) {
    if (error instanceof BrokenRunError) return undefined;
    throw error;
  }
}

/** What a shard takes over; `undefined` where that is nothing. */
export async function carriedShardOf(
  store: ObjectStore,
  { spec, shard }: { readonly spec: RunSpec; readonly shard: number },
  from: RunSpec | undefined,
): Promise<CarriedShard | undefined> {
  if (from === undefined) return undefined;
  const places = await readCarriedPlaces(store, spec, shard);
  return places?.some((place) => place !== null) ? { from, places } : undefined;
}
