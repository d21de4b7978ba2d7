import { placeOf } from '../storage/local-path.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { objectKeys } from './object-keys.ts';

/** `closed`: summarized. Every other run that is not cancelled is open, whatever Redis knows of it. */
export type RunState = 'open' | 'closed' | 'cancelled';

/** Returns the state of a run by storage, which is what counts. */
export async function readRunState(store: ObjectStore, runId: string): Promise<RunState> {
  if ((await store.head(objectKeys.cancelled(runId))) !== undefined) return 'cancelled';
  return (await store.head(objectKeys.report(runId))) === undefined ? 'open' : 'closed';
}

/** Where people find the report of a run. */
export function reportPlaceOf(store: ObjectStore, runId: string): string {
  return placeOf(`${store.uri}/${objectKeys.report(runId)}`);
}
