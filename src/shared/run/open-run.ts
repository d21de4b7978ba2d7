import { EigenfleetError } from '../errors.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { objectKeys } from './object-keys.ts';
import { type RunSpec, runSpecSchema } from './run-spec.ts';

/**
 * Reads a run's frozen spec.
 *
 * @throws EigenfleetError `storage` when there is no such run or its run.json is damaged or of another version.
 */
export async function openRun(store: ObjectStore, runId: string): Promise<RunSpec> {
  const spec = await findRun(store, runId);
  if (spec === undefined) {
    throw new EigenfleetError('storage', `There is no run ${runId} in ${store.uri}.`);
  }
  return spec;
}

/** As `openRun`, but `undefined` when there is no such run. */
export async function findRun(store: ObjectStore, runId: string): Promise<RunSpec | undefined> {
  const key = objectKeys.run(runId);
  const bytes = await store.get(key);
  if (bytes === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new EigenfleetError(
      'storage',
      `${key} in ${store.uri} is not JSON: the file is damaged. Delete the folder ${runId} and run again.`,
    );
  }
  const parsed = runSpecSchema.safeParse(value);
  if (parsed.success && parsed.data.runId === runId) return parsed.data;
  const issue = parsed.error?.issues[0];
  const what =
    issue === undefined ? 'names another run' : `${issue.path.join('.')}: ${issue.message}`;
  throw new EigenfleetError(
    'storage',
    `${key} in ${store.uri} is no run@1 (${what}): it is damaged or was written by another version. Use another --out, or delete the folder ${runId}.`,
  );
}
