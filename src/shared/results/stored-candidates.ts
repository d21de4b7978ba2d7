import { EigenfleetError } from '../errors.ts';
import { objectKeys } from '../run/object-keys.ts';
import { imagesOfShard, type PlannedShards } from '../run/planned-shards.ts';
import type { RunSpec } from '../run/run-spec.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { decodeCandidates, type StoredCandidates } from './candidates/decode-candidates.ts';

/**
 * Reads the candidates of a shard, whole: about 7 kB an image. `undefined` where the run keeps none, or their file is gone.
 *
 * @throws EigenfleetError `storage` for a file that was altered or cut short.
 */
export async function readStoredCandidates(
  store: Pick<ObjectStore, 'get' | 'uri'>,
  spec: Pick<RunSpec, 'runId'> &
    PlannedShards & { options: Pick<RunSpec['options'], 'candidates'> },
  shard: number,
): Promise<StoredCandidates | undefined> {
  if (spec.options.candidates !== true) return undefined;
  const key = objectKeys.candidates(spec.runId, shard);
  const bytes = await store.get(key);
  if (bytes === undefined) return undefined;
  try {
    return decodeCandidates(bytes, imagesOfShard(spec, shard));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new EigenfleetError(
      'storage',
      `${key} in ${store.uri} cannot be read (${cause.message}): delete it and run the same command again.`,
      { cause },
    );
  }
}
