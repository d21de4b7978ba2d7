import { objectKeys } from '../../shared/run/object-keys.ts';
import type { RowAddress } from '../../shared/run/places/row-address.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { buildEvaluation } from '../merge/build-evaluation.ts';
import type { EvaluationSetup } from '../merge/evaluation-setup.ts';
import { EvaluationSums } from '../merge/evaluation-sums.ts';
import type { Evaluation } from '../result/evaluation.ts';
import type { EvaluatedShard } from './evaluate-shard.ts';
import { deleteParts, ObjectsWriter } from './objects-writer.ts';
import { precisionFormsOf } from './precision-image.ts';

/** The evaluations of a run's shards, and what they are of. */
export interface EvaluatedShards {
  readonly setup: EvaluationSetup;
  /** Where the labels come from, for people. */
  readonly source: string;
  /** In the order of the shards; those that cannot be read are left out. */
  shards(): AsyncIterable<EvaluatedShard>;
  /** Rows as they are stored with the labels that count. Absent: those of the rows do. */
  relabeled?(rows: RowsByAddress): Promise<RowsByAddress>;
}

export type RowsByAddress = ReadonlyMap<RowAddress, SampleRow>;

export interface EvaluationPlace {
  readonly store: ObjectStore;
  readonly spec: RunSpec;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Merges the evaluations of shards and writes `objects/`, `evaluations/<id>.json` and, last, `evaluation.json`, which is gone meanwhile: nothing stale is taken for
 * true. Streams: one part of the table is in memory.
 */
export async function writeEvaluation(
  { store, spec, signal }: EvaluationPlace,
  evaluated: EvaluatedShards,
): Promise<Evaluation> {
  const { runId } = spec;
  await store.delete(objectKeys.evaluation(runId));
  const sums = new EvaluationSums(precisionFormsOf(spec));
  const writer = new ObjectsWriter(store, runId);
  for await (const { part, objects } of evaluated.shards()) {
    signal?.throwIfAborted();
    sums.merge(part.sums);
    await writer.add(objects);
  }
  const { setup, source } = evaluated;
  const objects = await writer.finish();
  const evaluation = buildEvaluation({ spec, setup, sums, source, objects });
  const bytes = new TextEncoder().encode(`${JSON.stringify(evaluation)}\n`);
  await store.put(objectKeys.evaluationOf(runId, evaluation.evaluationId), bytes);
  await store.put(objectKeys.evaluation(runId), bytes);
  return evaluation;
}

/** Removes what is shown of an evaluation; those that there were stay in `evaluations/`. */
export async function removeEvaluation(store: ObjectStore, runId: string): Promise<void> {
  if ((await store.head(objectKeys.evaluation(runId))) === undefined) return;
  await store.delete(objectKeys.evaluation(runId));
  await deleteParts(store, runId);
}
