import { readEvaluation } from '../../evaluate/result/stored-evaluation.ts';
import { readFinishedSummary } from '../../report/summary/stored-summary.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { readRunState } from '../../shared/run/run-state.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { type CheckedRun, checkedRun } from './checked-run.ts';

export interface RunPlace {
  readonly store: ObjectStore;
  readonly runId: string;
}

/**
 * Reads what rules need of a finished run: summary.json, and evaluation.json where there is one.
 *
 * @throws EigenfleetError `incomplete` for a run that is not finished, `storage` for a summary or an evaluation that cannot be read.
 */
export async function readCheckedRun({ store, runId }: RunPlace): Promise<CheckedRun> {
  const state = await readRunState(store, runId);
  if (state !== 'closed') {
    const is = state === 'cancelled' ? 'was cancelled' : 'is not finished';
    throw new EigenfleetError(
      'incomplete',
      `Run ${runId} in ${store.uri} ${is}: there is nothing to check yet. The command that started it continues it.`,
    );
  }
  const summary = await readFinishedSummary(store, runId);
  return checkedRun(summary, await readEvaluation(store, runId));
}
