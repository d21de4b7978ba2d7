import { availableThreads } from '../../shared/host/threads/cpu-quota.ts';
import { inOrder } from '../../shared/in-order.ts';
import { decodeRows, type StoredRow } from '../../shared/results/sample-row-parquet.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import { type EvaluationSetup, evaluationSetup } from '../merge/evaluation-setup.ts';
import { evaluateShard } from './evaluate-shard.ts';
import { EvaluatedPool } from './evaluated-pool.ts';
import { readEvaluated } from './read-evaluated.ts';
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
  /** How a thread opens the store anew by its URI; without it everything is read in this thread. */
  readonly storeOptions?: StoreOptions | undefined;
  /** Fewer of them do not justify a thread. */
  readonly threadsFrom?: number;
}

/** A run's shards beside the labels that it read: as its workers evaluated them, and where they did not, or what they made is damaged, from rows and maps. */
export function storedShards(request: StoredShardsRequest): EvaluatedShards {
  const { store, spec, shards, evaluated, setup = evaluationSetup(spec) } = request;
  return {
    setup,
    source: spec.labels?.rootUri ?? '',
    shards: async function* () {
      const pool = poolOf(request, setup);
      const readOwn = (shard: number) =>
        pool ? pool.read(shard) : readEvaluated({ store, spec, setup }, shard);
      const read = async (shard: number) => {
        const own = evaluated.has(shard) ? await readOwn(shard) : undefined;
        if (own !== undefined) return own;
        const rows = await readShardRows(store, spec.runId, shard);
        return rows && evaluateShard({ spec, setup, shard, rows, stored: wholeFiles(store) });
      };
      try {
        for await (const one of inOrder(shards, atOnce, read)) if (one !== undefined) yield one;
      } finally {
        await pool?.close();
      }
    },
  };
}

/** `undefined`: they are read in this thread. */
function poolOf(
  { store, spec, evaluated, storeOptions, threadsFrom = 512 }: StoredShardsRequest,
  setup: EvaluationSetup,
): EvaluatedPool | undefined {
  if (storeOptions === undefined || evaluated.size < threadsFrom || availableThreads() < 2) {
    return undefined;
  }
  return new EvaluatedPool({ uri: store.uri, storeOptions, spec, setup });
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
