import { createHash } from 'node:crypto';
import { EigenfleetError, messageOf } from '../errors.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { mostStoredBytes, readStoredBytes } from '../storage/stored-json.ts';
import type { BasisDescription } from './basis-description.ts';
import { decodeBasis, type LayerBasis } from './dataset-basis.ts';

/** Where the runs of a results folder keep their bases, by sha256 as models are. */
export function basisKey(sha256: string): string {
  return `bases/${sha256}.safetensors`;
}

/** Puts a basis beside the runs that use it, if it is not there. */
export async function storeRunBasis(
  store: ObjectStore,
  { sha256, bytes }: { readonly sha256: string; readonly bytes: Uint8Array },
): Promise<void> {
  const key = basisKey(sha256);
  const there = await store.head(key);
  if (there?.sizeBytes !== bytes.length) await store.put(key, bytes);
}

/** The parts of run.json that say which basis a run uses. */
export interface BasisOfRun {
  readonly options: { readonly basis?: string | undefined };
  readonly basis?: BasisDescription | undefined;
}

/**
 * What the target layers of a run are projected on, in their order; `undefined` for a run without a basis.
 *
 * @throws EigenfleetError `storage` where it is not there, or is another.
 */
export async function readRunBasis(
  store: ObjectStore,
  { options, basis }: BasisOfRun,
): Promise<readonly LayerBasis[] | undefined> {
  const { basis: sha256 } = options;
  if (sha256 === undefined || basis === undefined) return undefined;
  const key = basisKey(sha256);
  const stored = await readStoredBytes(store, key, mostStoredBytes.basis);
  if (stored.status === 'absent') throw lost(store, key, 'is missing');
  if (stored.status !== 'read') throw lost(store, key, `cannot be read: ${stored.reason}`);
  if (createHash('sha256').update(stored.bytes).digest('hex') !== sha256) {
    throw lost(store, key, 'is another file than the run was planned with');
  }
  try {
    const { description, layers: arrays } = decodeBasis(stored.bytes);
    return basis.layers.map(({ name }) => {
      const array = arrays[description.layers.findIndex((one) => one.name === name)];
      if (array === undefined) throw new RangeError(`it has no layer ${name}`);
      return array;
    });
  } catch (cause) {
    throw lost(store, key, `cannot be read: ${messageOf(cause)}`, cause);
  }
}

function lost(store: ObjectStore, key: string, what: string, cause?: unknown): EigenfleetError {
  return new EigenfleetError(
    'storage',
    `The basis ${key} in ${store.uri} ${what}: run the command with --basis again, which writes it.`,
    { cause },
  );
}
