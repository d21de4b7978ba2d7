import { readFinishedSummary } from '../../report/summary/stored-summary.ts';
import type { Summary } from '../../report/summary/summary-schema.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { readRunState } from '../../shared/run/run-state.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import {
  mostStoredBytes,
  readStoredBytes,
  type StoredBytes,
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
  const summary = await readFinishedSummary(store, runId);
  const markdown = await readStoredBytes(store, objectKeys.summaryMarkdown(runId), most);
  return { state: 'closed', summary, markdown: textOf(markdown) };
}

function textOf(stored: StoredBytes): string {
  return stored.status === 'read' ? new TextDecoder().decode(stored.bytes) : '';
}
