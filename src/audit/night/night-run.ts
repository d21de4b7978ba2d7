import { objectKeys } from '../../shared/run/object-keys.ts';
import { type RunState, readRunState } from '../../shared/run/run-state.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

/** The state of a night's run by storage; `absent` before its plan is whole, which its run.json ends. */
export async function runStateOf(store: ObjectStore, runId: string): Promise<RunState | 'absent'> {
  if ((await store.head(objectKeys.run(runId))) === undefined) return 'absent';
  return readRunState(store, runId);
}
