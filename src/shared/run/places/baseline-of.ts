import { EigenfleetError } from '../../errors.ts';
import { openStore } from '../../storage/open-store.ts';
import { objectKeys } from '../object-keys.ts';
import { latestName, listRuns, runsOfName } from '../run-names.ts';
import { type LocatedRun, type LocateOptions, locateRun } from './locate-run.ts';

/** A baseline as a person named it, and the run that was found by it. */
export interface NamedBaseline {
  readonly reference: string;
  readonly found: LocatedRun;
}

/**
 * Finds a baseline by its name; `undefined` where none is named, and where `latest` is meant of results that hold no run yet: that is the first night of a job, which has nothing to compare
 * with and no mistake.
 *
 * @throws what `locateRun` throws
 */
export async function locateBaseline(
  reference: string | undefined,
  options: LocateOptions,
): Promise<NamedBaseline | undefined> {
  if (reference === undefined) return undefined;
  try {
    return { reference, found: await locateRun(reference, options) };
  } catch (error) {
    const isUnknown = error instanceof EigenfleetError && error.code === 'usage';
    if (isUnknown && reference === latestName && (await isWithoutRuns(options))) return undefined;
    throw error;
  }
}

async function isWithoutRuns({ out, ...storage }: LocateOptions): Promise<boolean> {
  const { runs } = await listRuns(openStore(out, storage));
  return runs.length === 0;
}

/**
 * Returns the run that changes are measured from. Against itself nothing ever changes, so where `latest`, a results folder or a name means the run itself, as it does when a
 * finished run is made or checked again, the finished run before it is taken; `undefined` where there is none, and where the run's own id is named.
 */
export async function baselineOf(
  run: Pick<LocatedRun, 'store' | 'runId'>,
  baseline: NamedBaseline | undefined,
): Promise<LocatedRun | undefined> {
  if (baseline === undefined) return undefined;
  const { found, reference } = baseline;
  if (found.runId !== run.runId || found.store.uri !== run.store.uri) return found;
  const { store, name } = found;
  if (name === undefined && isIdOf(reference, run.runId)) return undefined;
  const others =
    name === undefined
      ? (await listRuns(store)).runs.map(({ runId }) => runId)
      : await runsOfName(store, name);
  for (const runId of others) {
    if (runId === run.runId) continue;
    if ((await store.head(objectKeys.summaryJson(runId))) === undefined) continue;
    return { store, runId, ...(name !== undefined && { name }) };
  }
  return undefined;
}

/** Whether the last part of a path is an id or the beginning of one. */
function isIdOf(reference: string, runId: string): boolean {
  const last =
    reference
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) ?? '';
  return last !== '' && runId.startsWith(last);
}
