import { latestName, nameRun } from '../../shared/run/run-names.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

export interface GivenName {
  readonly runId: string;
  /** The name of the run, if given. */
  readonly name: string | undefined;
}

/** Makes a run the latest and names it, with a note when another run had the name: that one is found only by its id from then on. */
export async function nameStartedRun(
  store: ObjectStore,
  { runId, name }: GivenName,
  note: (line: string) => void,
): Promise<void> {
  await nameRun(store, latestName, runId);
  if (name === undefined) return;
  const before = await nameRun(store, name, runId);
  if (before !== undefined && before !== runId) {
    note(`The name "${name}" moves from ${before} to ${runId}.`);
  }
}
