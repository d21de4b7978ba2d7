import { type Evaluation, evaluationSchema } from '../../evaluate/result/evaluation.ts';
import { type Summary, summarySchema } from '../../report/summary/summary-schema.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { readRunState } from '../../shared/run/run-state.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { mostStoredBytes, readStoredJson } from '../../shared/storage/stored-json.ts';
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
  const summary = await read({ store, key: objectKeys.summaryJson(runId) }, summarySchema);
  if (summary === undefined) throw damaged(store, objectKeys.summaryJson(runId), 'missing');
  return checkedRun(summary, await readEvaluation({ store, runId }));
}

async function readEvaluation({ store, runId }: RunPlace): Promise<Evaluation | undefined> {
  return read({ store, key: objectKeys.evaluation(runId) }, evaluationSchema);
}

type Schema<Value> = {
  safeParse(value: unknown): { readonly data?: Value | undefined; readonly error?: unknown };
};

/** `undefined` when there is no such object. */
async function read<Value extends Summary | Evaluation>(
  { store, key }: { readonly store: ObjectStore; readonly key: string },
  schema: Schema<Value>,
): Promise<Value | undefined> {
  const stored = await readStoredJson(store, key, mostStoredBytes.summary);
  if (stored.status === 'absent') return undefined;
  const parsed = stored.status === 'read' ? schema.safeParse(stored.value) : undefined;
  if (parsed?.data === undefined) throw damaged(store, key, 'damaged', parsed?.error);
  return parsed.data;
}

function damaged(store: ObjectStore, key: string, how: string, cause?: unknown): EigenfleetError {
  const words = `${key} in ${store.uri} is ${how}: the command that made the run writes it anew.`;
  return new EigenfleetError('storage', words, { cause });
}
