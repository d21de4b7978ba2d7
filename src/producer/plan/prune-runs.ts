import { objectKeys } from '../../shared/run/object-keys.ts';
import { BrokenRunError, findRun } from '../../shared/run/open-run.ts';
import { forgetRunsOfName, namesOf, runsOfName } from '../../shared/run/run-names.ts';
import { readRunState } from '../../shared/run/run-state.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

export interface PruneRequest {
  readonly store: ObjectStore;
  readonly name: string;
  /** Runs of the name that stay, the last ones; at least 1. */
  readonly keep: number;
  /** Runs that stay in any case: a baseline, by its id. */
  readonly except?: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Deletes the oldest runs of a name. Stays: what another name points to or has pointed to, and a run whose results one of those that stay still takes over. Begins with run.json,
 * so that a run that is half deleted is none, and is deleted by the next call.
 *
 * @returns the runs that were deleted
 */
export async function pruneRuns(request: PruneRequest): Promise<string[]> {
  const { store, name, keep, except = new Set(), signal } = request;
  const runs = await runsOfName(store, name);
  const kept = runs.slice(0, Math.max(1, keep));
  const needed = new Set([...except, ...kept, ...(await runsOfOthers(store, name))]);
  for (const runId of kept) {
    const source = await sourceOf(store, runId);
    if (source !== undefined) needed.add(source);
  }
  const gone: string[] = [];
  for (const runId of runs.filter((one) => !needed.has(one)).reverse()) {
    signal?.throwIfAborted();
    await deleteRun(store, runId, signal);
    gone.push(runId);
  }
  if (gone.length > 0) await forgetRunsOfName(store, name, new Set(gone));
  return gone;
}

async function runsOfOthers(store: ObjectStore, name: string): Promise<string[]> {
  const others: string[] = [];
  for (const other of await namesOf(store)) {
    if (other !== name) others.push(...(await runsOfName(store, other)));
  }
  return others;
}

/** The run whose results it takes over, as long as it is not done. */
async function sourceOf(store: ObjectStore, runId: string): Promise<string | undefined> {
  try {
    const spec = await findRun(store, runId);
    if (spec?.carried === undefined) return undefined;
    return (await readRunState(store, runId)) === 'closed' ? undefined : spec.carried.runId;
  } catch (error) {
    if (error instanceof BrokenRunError) return undefined;
    throw error;
  }
}

/** Keys deleted at once. */
const atOnce = 16;

async function deleteRun(
  store: ObjectStore,
  runId: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await store.delete(objectKeys.run(runId));
  let some: string[] = [];
  const flush = async (): Promise<void> => {
    signal?.throwIfAborted();
    await Promise.all(some.map((key) => store.delete(key)));
    some = [];
  };
  for await (const { key } of store.list(objectKeys.ofRun(runId))) {
    some.push(key);
    if (some.length === atOnce) await flush();
  }
  await flush();
}
