import { EigenfleetError } from '../../shared/errors.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { mostStoredBytes, readStoredJson } from '../../shared/storage/stored-json.ts';
import { type Summary, summarySchema } from './summary-schema.ts';

/**
 * Reads the summary of a run. `undefined` where there is none.
 *
 * @throws EigenfleetError `storage` for one that is damaged, or of another run.
 */
export async function readStoredSummary(
  store: ObjectStore,
  runId: string,
): Promise<Summary | undefined> {
  const key = objectKeys.summaryJson(runId);
  const stored = await readStoredJson(store, key, mostStoredBytes.summary);
  if (stored.status === 'absent') return undefined;
  const parsed = stored.status === 'read' ? summarySchema.safeParse(stored.value) : undefined;
  if (parsed?.data?.runId === runId) return parsed.data;
  throw new EigenfleetError(
    'storage',
    `${key} in ${placeOf(store.uri)} is damaged: the command that made the run writes it anew.`,
    { cause: parsed?.error },
  );
}

/**
 * As `readStoredSummary`, of a run that is finished.
 *
 * @throws EigenfleetError `storage` also where there is none.
 */
export async function readFinishedSummary(store: ObjectStore, runId: string): Promise<Summary> {
  const summary = await readStoredSummary(store, runId);
  if (summary !== undefined) return summary;
  throw new EigenfleetError(
    'storage',
    `${objectKeys.summaryJson(runId)} is missing in ${placeOf(store.uri)}: the command that made the run writes it anew.`,
  );
}
