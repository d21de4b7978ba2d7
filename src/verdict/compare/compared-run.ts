import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import { readEvaluation } from '../../evaluate/result/stored-evaluation.ts';
import { readStoredSummary } from '../../report/summary/stored-summary.ts';
import type { Summary } from '../../report/summary/summary-schema.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { openRun } from '../../shared/run/open-run.ts';
import {
  type LocatedRun,
  type LocateOptions,
  locateRun,
} from '../../shared/run/places/locate-run.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

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
  const summary = await readStoredSummary(store, runId);
  if (summary !== undefined) return summary;
  throw new EigenfleetError(
    'incomplete',
    `Run ${runId} in ${placeOf(store.uri)} is not finished: the command that started it continues it.`,
  );
}
