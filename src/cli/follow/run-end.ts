import { type Summary, summarySchema } from '../../report/summary/summary-schema.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { readRunState } from '../../shared/run/run-state.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import {
  mostStoredBytes,
  readStoredBytes,
  readStoredJson,
  type StoredBytes,
  type StoredJson,
} from '../../shared/storage/stored-json.ts';

/** How a run ended, with everything its closing words need. */
export type RunEnd =
  | { readonly state: 'cancelled' }
  | { readonly state: 'closed'; readonly summary: Summary; readonly markdown: string };

/** Reads how a run ended; `open` when it has not. Throws `storage` when its summary cannot be read. */
export async function readRunEnd(store: ObjectStore, runId: string): Promise<RunEnd | 'open'> {
  const state = await readRunState(store, runId);
  if (state === 'open') return 'open';
  // A summary without a report comes from an earlier end.
  if (state === 'cancelled' && !(await store.head(objectKeys.report(runId)))) return { state };
  const { summary: most } = mostStoredBytes;
  const stored = await readStoredJson(store, objectKeys.summaryJson(runId), most);
  const markdown = await readStoredBytes(store, objectKeys.summaryMarkdown(runId), most);
  return { state: 'closed', summary: summaryIn(stored, runId), markdown: textOf(markdown) };
}

function textOf(stored: StoredBytes): string {
  return stored.status === 'read' ? new TextDecoder().decode(stored.bytes) : '';
}

function summaryIn(stored: StoredJson, runId: string): Summary {
  const value = stored.status === 'read' ? stored.value : undefined;
  const { data, error } = summarySchema.safeParse(value);
  if (data !== undefined) return data;
  const message = `summary.json of run ${runId} is damaged: resume the run.`;
  throw new EigenfleetError('storage', message, { cause: error });
}
