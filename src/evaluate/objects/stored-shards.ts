import { readTable } from '../../shared/results/parquet-table.ts';
import { decodeRows, type StoredRow } from '../../shared/results/sample-row-parquet.ts';
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
import { type EvaluationSetup, evaluationSetup, isSameSetup } from '../merge/evaluation-setup.ts';
import { EvaluationSums } from '../merge/evaluation-sums.ts';
import { isObjectTable } from '../result/object-table.ts';
import { type EvaluatedShard, evaluateShard } from './evaluate-shard.ts';
import { inOrder } from './in-order.ts';
import { precisionFormsOf } from './precision-image.ts';
import { wholeFiles } from './whole-files.ts';
import type { EvaluatedShards } from './write-evaluation.ts';

/** Shards read at once. */
const atOnce = 8;

export interface StoredShardsRequest {
  readonly store: ObjectStore;
  readonly spec: RunSpec;
  /** Done, ascending. */
  readonly shards: readonly number[];
  /** The run's own where absent. */
  readonly setup?: EvaluationSetup;
  /** Those whose workers evaluated them. */
  readonly evaluated: ReadonlySet<number>;
}

/** A run's shards beside the labels that it read: as its workers evaluated them, and where they did not, or what they made is damaged, from rows and maps. */
export function storedShards(request: StoredShardsRequest): EvaluatedShards {
  const { store, spec, shards, evaluated, setup = evaluationSetup(spec) } = request;
  return {
    setup,
    source: spec.labels?.rootUri ?? '',
    shards: async function* () {
      const read = async (shard: number) => {
        const own = evaluated.has(shard) ? await readEvaluated(request, shard, setup) : undefined;
        if (own !== undefined) return own;
        const rows = await readShardRows(store, spec.runId, shard);
        return rows && evaluateShard({ spec, setup, shard, rows, stored: wholeFiles(store) });
      };
      for await (const one of inOrder(shards, atOnce, read)) if (one !== undefined) yield one;
    },
  };
}

/** `undefined` where it is damaged, or of other rules. */
async function readEvaluated(
  { store, spec }: StoredShardsRequest,
  shard: number,
  setup: EvaluationSetup,
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
    return isObjectTable(await readTable(objects), part.shard);
  } catch {
    return false;
  }
}

/** The readable rows of a shard; `undefined` where its file is missing or damaged, which the summary tells. */
export async function readShardRows(
  store: ObjectStore,
  runId: string,
  shard: number,
): Promise<StoredRow[] | undefined> {
  const bytes = await store.get(objectKeys.shard(runId, shard));
  if (bytes === undefined) return undefined;
  return decodeRows(bytes, () => {}).catch(() => undefined);
}
