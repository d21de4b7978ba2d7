import { z } from 'zod';
import type { ObjectStore } from '../../storage/object-store.ts';
import { mostStoredBytes, readStoredBytes } from '../../storage/stored-json.ts';
import { objectKeys } from '../object-keys.ts';
import { imagesOfShard, type PlannedShards } from '../planned-shards.ts';
import { runBounds } from '../run-bounds.ts';

const index = (most: number) => z.number().int().nonnegative().max(most);

/** Where the results of one image lie in the earlier run; null: it is explained. */
export const carriedPlaceSchema = z
  .strictObject({
    shard: index(runBounds.shards),
    row: index(runBounds.shardSize),
    /** Its labels are others since: it is set beside the new ones. */
    relabeled: z.literal(true).optional(),
  })
  .nullable();
export type CarriedPlace = z.infer<typeof carriedPlaceSchema>;

/** One line of `carry/<shard>.jsonl`. */
export function encodeCarriedPlace(place: CarriedPlace): string {
  return `${JSON.stringify(place)}\n`;
}

/** Of each image of a shard, in their order; `undefined` where nothing is said, or something else than a plan: then all are explained. */
export async function readCarriedPlaces(
  store: ObjectStore,
  planned: PlannedShards,
  shard: number,
): Promise<CarriedPlace[] | undefined> {
  const key = objectKeys.carry(planned.runId, shard);
  const stored = await readStoredBytes(store, key, mostStoredBytes.manifest);
  if (stored.status !== 'read') return undefined;
  try {
    const lines = new TextDecoder().decode(stored.bytes).split('\n').slice(0, -1);
    const places = lines.map((line) => carriedPlaceSchema.parse(JSON.parse(line)));
    return places.length === imagesOfShard(planned, shard) ? places : undefined;
  } catch {
    return undefined;
  }
}
