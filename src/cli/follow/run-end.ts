import { type Summary, summarySchema } from '../../report/summary/summary-schema.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { readRunState } from '../../shared/run/run-state.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

/** How a run ended, with all that its last words need. */
export type RunEnd =
  | { readonly state: 'cancelled' }
  | { readonly state: 'closed'; readonly summary: Summary; readonly markdown: string };

/** Reads how a run ended; `open` when it did not. Throws `storage` when its summary cannot be read. */
export async function readRunEnd(store: ObjectStore, runId: string): Promise<RunEnd | 'open'> {
  const state = await readRunState(store, runId);
  if (state === 'open') return 'open';
  // A summary without a report is that of an earlier end.
  if (state === 'cancelled' && !(await store.head(objectKeys.report(runId)))) return { state };
  const bytes = await store.get(objectKeys.summaryJson(runId));
  const markdown = textOf(await store.get(objectKeys.summaryMarkdown(runId)));
  return { state: 'closed', summary: summaryIn(textOf(bytes), runId), markdown };
}

function textOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}

function summaryIn(text: string, runId: string): Summary {
  try {
    return summarySchema.parse(JSON.parse(text));
  } catch (cause) {
    const message = `summary.json of run ${runId} is damaged: resume the run.`;
    throw new EigenfleetError('storage', message, { cause });
  }
}
