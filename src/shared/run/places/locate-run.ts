import { EigenfleetError } from '../../errors.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { openStore, type StoreOptions } from '../../storage/open-store.ts';
import { objectKeys } from '../object-keys.ts';
import { latestName, resolveRun } from '../run-names.ts';

/** A run in the store that it lies in. */
export interface LocatedRun {
  readonly store: ObjectStore;
  readonly runId: string;
  /** What it was called, where that was a name. */
  readonly name?: string;
}

export interface LocateOptions extends StoreOptions {
  /** Where names and ids without a place are looked up: a folder or `s3://bucket/prefix`. */
  readonly out: string;
}

/**
 * Finds the run that a person names for a command that takes runs of several places: a name, an id or the beginning of one in `out`; the folder of a run
 * (`results/<id>`, `s3://bucket/results/<id>`); a name in a results folder (`results/after-training`); or a results folder, whose newest run is meant. A name goes
 * before a folder of the same name.
 *
 * @throws EigenfleetError `usage` when there is no such run, with a list of those that are there.
 */
export async function locateRun(reference: string, options: LocateOptions): Promise<LocatedRun> {
  const { out, ...storage } = options;
  const place = reference.replace(/\/report\.html$/, '').replace(/(?<=[^/:])\/+$/, '');
  const [, parent, last = ''] = /^(.*[/\\])?([^/\\]+)$/.exec(place) ?? [];
  if (parent === undefined) {
    const named = await tried(openStore(out, storage), place);
    if (named.status === 'found') return named.run;
    return (await newestIn(place, storage)) ?? refuse(named.error);
  }
  // `s3://bucket` alone has no folder above it.
  const above = /^[a-z][a-z0-9+.-]+:\/\/$/i.test(parent) ? undefined : openStore(parent, storage);
  if (above && (await above.head(objectKeys.run(last))) !== undefined) {
    return { store: above, runId: last };
  }
  const newest = await newestIn(place, storage);
  if (newest !== undefined) return newest;
  const named = above && (await tried(above, last));
  if (named?.status === 'found') return named.run;
  const message = `There is no run in ${place}: name a run, its folder, or the folder of its results.`;
  return refuse(new EigenfleetError('usage', message));
}

function refuse(error: EigenfleetError): never {
  throw error;
}

async function newestIn(place: string, storage: StoreOptions): Promise<LocatedRun | undefined> {
  const newest = await tried(openStore(place, storage), latestName);
  return newest.status === 'found' ? newest.run : undefined;
}

type Tried =
  | { readonly status: 'found'; readonly run: LocatedRun }
  | { readonly status: 'none'; readonly error: EigenfleetError };

async function tried(store: ObjectStore, reference: string): Promise<Tried> {
  try {
    const runId = await resolveRun(store, reference);
    const isName = reference !== runId && (await isNamed(store, reference));
    return { status: 'found', run: { store, runId, ...(isName && { name: reference }) } };
  } catch (error) {
    if (error instanceof EigenfleetError && error.code === 'usage')
      return { status: 'none', error };
    throw error;
  }
}

/** `latest` moves by itself, and names nothing. */
async function isNamed(store: ObjectStore, reference: string): Promise<boolean> {
  if (reference === latestName || reference === '') return false;
  return (await store.head(objectKeys.name(reference))) !== undefined;
}
