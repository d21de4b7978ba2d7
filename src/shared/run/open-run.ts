import { z } from 'zod';
import { EigenfleetError } from '../errors.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { mostStoredBytes, readStoredJson } from '../storage/stored-json.ts';
import { objectKeys } from './object-keys.ts';
import { type RunSpec, runSpecSchema } from './run-spec.ts';

/** A run.json that no plan wrote: the run is unusable until somebody repairs or deletes it; retrying does not help. */
export class BrokenRunError extends EigenfleetError {
  constructor(store: ObjectStore, runId: string, reason: string) {
    super(
      'storage',
      `${objectKeys.run(runId)} in ${store.uri} cannot be used (${reason}). Use another --out, or delete the folder ${runId}.`,
    );
    this.name = 'BrokenRunError';
  }
}

/**
 * Reads a run's frozen spec.
 *
 * @throws EigenfleetError `storage` when there is no such run, and `BrokenRunError` when its run.json is damaged or of another version.
 */
export async function openRun(store: ObjectStore, runId: string): Promise<RunSpec> {
  const spec = await findRun(store, runId);
  if (spec === undefined) {
    throw new EigenfleetError('storage', `There is no run ${runId} in ${store.uri}.`);
  }
  return spec;
}

/** Like `openRun`, but returns `undefined` when there is no such run. */
export async function findRun(store: ObjectStore, runId: string): Promise<RunSpec | undefined> {
  const read = await readRun(store, runId, runSpecSchema);
  if (read.status === 'absent') return undefined;
  if (read.status === 'broken') throw new BrokenRunError(store, runId, read.reason);
  return read.spec;
}

export type ReadRun<Spec> =
  | { readonly status: 'read'; readonly spec: Spec }
  | { readonly status: 'absent' }
  | { readonly status: 'broken'; readonly reason: string };

/** Reads a run.json by `schema`, of a run that has the manifests it needs. */
export async function readRun<Spec extends Pick<RunSpec, 'runId' | 'dataset'>>(
  store: ObjectStore,
  runId: string,
  schema: z.ZodType<Spec>,
): Promise<ReadRun<Spec>> {
  const stored = await readStoredJson(store, objectKeys.run(runId), mostStoredBytes.run);
  if (stored.status === 'absent') return stored;
  if (stored.status !== 'read') return { status: 'broken', reason: stored.reason };
  const { data: spec, error } = schema.safeParse(stored.value);
  if (spec === undefined) {
    const [issue] = error?.issues ?? [];
    const damage = `${issue?.path.join('.')}: ${issue?.message}`;
    return { status: 'broken', reason: otherVersion(stored.value) ?? damage };
  }
  if (spec.runId !== runId) return { status: 'broken', reason: 'it names another run' };
  const { shards } = spec.dataset;
  // Manifest parts are written before run.json: a number of shards that nobody planned would be processed, one by one, forever.
  if ((await store.head(objectKeys.manifest(runId, shards - 1))) !== undefined) {
    return { status: 'read', spec };
  }
  const last = `${shards} shards, and there is no manifest of the last`;
  return { status: 'broken', reason: `it says ${last}` };
}

const ownSchema = runSpecSchema.shape.schema.value;
const anySchema = z.object({ schema: z.string().regex(/^run@\d{1,6}$/) });

/** Columns and keys are named differently from one schema to the next: a run is read by the version that wrote it. Returns a phrase if another version did. */
function otherVersion(value: unknown): string | undefined {
  const { data } = anySchema.safeParse(value);
  if (data === undefined || data.schema === ownSchema) return undefined;
  const older = Number(data.schema.slice(4)) < Number(ownSchema.slice(4));
  return `${older ? 'an older' : 'a newer'} eigenfleet wrote it as ${data.schema}, and this one writes ${ownSchema}: its report stays as it is; use that version to continue it`;
}
