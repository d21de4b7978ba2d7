import { objectKeys } from '../../shared/run/object-keys.ts';
import { imagesOfShard } from '../../shared/run/planned-shards.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import {
  mostStoredBytes,
  readStoredBytes,
  readStoredJson,
} from '../../shared/storage/stored-json.ts';
import { evaluatedPartSchema } from '../merge/evaluated-part.ts';
import { type EvaluationSetup, isSameSetup } from '../merge/evaluation-setup.ts';
import { EvaluationSums } from '../merge/evaluation-sums.ts';
import { isObjectFile } from '../result/object-file.ts';
import type { EvaluatedShard } from './evaluate-shard.ts';
import { precisionFormsOf } from './precision-image.ts';

/** What decides whether a stored evaluation of a shard can be used. */
export interface EvaluatedPlace {
  readonly store: ObjectStore;
  readonly spec: RunSpec;
  readonly setup: EvaluationSetup;
}

/** A shard as its worker evaluated it; `undefined` where that is damaged, or of other rules. */
export async function readEvaluated(
  { store, spec, setup }: EvaluatedPlace,
  shard: number,
): Promise<EvaluatedShard | undefined> {
  const { runId } = spec;
  const most = mostStoredBytes.marker;
  const stored = await readStoredJson(store, objectKeys.evaluated(runId, shard), most);
  const part =
    stored.status === 'read' ? evaluatedPartSchema.safeParse(stored.value).data : undefined;
  if (part?.runId !== runId || part.shard !== shard || !isSameSetup(part.setup, setup)) {
    return undefined;
  }
  const key = objectKeys.evaluatedObjects(runId, shard);
  const objects = await readStoredBytes(store, key, mostStoredBytes.manifest);
  if (objects.status !== 'read') return undefined;
  const evaluated = { part, objects: objects.bytes };
  return (await isSound(evaluated, spec)) ? evaluated : undefined;
}

/** Damage inside of packed numbers shows only when they are merged, and a table of other columns only when it is written again. */
async function isSound({ part, objects }: EvaluatedShard, spec: RunSpec): Promise<boolean> {
  const { labeled, background, unusable, failed } = part.sums.counts;
  const images = labeled + background + unusable + failed;
  if (images !== imagesOfShard(spec, part.shard)) return false;
  try {
    new EvaluationSums(precisionFormsOf(spec)).check(part.sums);
    return await isObjectFile(objects, part.shard);
  } catch {
    return false;
  }
}
