import { type Evaluation, evaluationSchema } from '../../evaluate/result/evaluation.ts';
import { type Summary, summarySchema } from '../../report/summary/summary-schema.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { openRun } from '../../shared/run/open-run.ts';
import {
  type LocatedRun,
  type LocateOptions,
  locateRun,
} from '../../shared/run/places/locate-run.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { mostStoredBytes, readStoredJson } from '../../shared/storage/stored-json.ts';

/** A finished run with everything small that is known of it. */
export interface ComparedRun extends LocatedRun {
  readonly spec: RunSpec;
  readonly summary: Summary;
  /** Absent where the run has no labels, or nobody evaluated it. */
  readonly evaluation?: Evaluation;
}

/**
 * Opens a run that a person names, as `locateRun` finds it.
 *
 * @throws EigenfleetError `usage` when there is no such run, `incomplete` when it has no summary, `storage` when it cannot be read.
 */
export async function openComparedRun(
  reference: string,
  options: LocateOptions,
): Promise<ComparedRun> {
  const located = await locateRun(reference, options);
  const { store, runId } = located;
  const spec = await openRun(store, runId);
  const summary = await readSummary(store, runId);
  const evaluation = await readEvaluation(store, runId);
  return { ...located, spec, summary, ...(evaluation && { evaluation }) };
}

async function readSummary(store: ObjectStore, runId: string): Promise<Summary> {
  const stored = await readStoredJson(
    store,
    objectKeys.summaryJson(runId),
    mostStoredBytes.summary,
  );
  if (stored.status === 'absent') {
    throw new EigenfleetError(
      'incomplete',
      `Run ${runId} in ${placeOf(store.uri)} is not finished: the command that started it continues it.`,
    );
  }
  const parsed = stored.status === 'read' ? summarySchema.safeParse(stored.value) : undefined;
  if (parsed?.success) return parsed.data;
  throw new EigenfleetError(
    'storage',
    `${objectKeys.summaryJson(runId)} in ${placeOf(store.uri)} is damaged: the command that made the run rewrites it.`,
  );
}

async function readEvaluation(store: ObjectStore, runId: string): Promise<Evaluation | undefined> {
  const key = objectKeys.evaluation(runId);
  const stored = await readStoredJson(store, key, mostStoredBytes.summary);
  if (stored.status === 'absent') return undefined;
  const parsed = stored.status === 'read' ? evaluationSchema.safeParse(stored.value) : undefined;
  if (parsed?.success) return parsed.data;
  throw new EigenfleetError(
    'storage',
    `${key} in ${placeOf(store.uri)} is damaged: eigenfleet evaluate rewrites it.`,
  );
}
