import { basename, dirname, resolve } from 'node:path';
import { EigenfleetError, messageOf } from '../errors.ts';
import { localPathOf } from '../storage/local-path.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { openStore, type StoreOptions } from '../storage/open-store.ts';
import { formatS3Uri, isS3Uri, parseS3Uri } from '../storage/s3/s3-uri.ts';
import { mostStoredBytes, readStoredBytes } from '../storage/stored-json.ts';
import { decodeBasis, encodeBasis, type FittedBasis } from './dataset-basis.ts';

/** The end of a file's name; a place without it is a folder. */
const extension = '.safetensors';
/** In a folder. */
const usualName = `basis${extension}`;

export interface BasisPlace {
  readonly store: ObjectStore;
  readonly key: string;
  /** For people. */
  readonly name: string;
}

/** Where a person's `--basis` or `--out` leads: a file, or a folder that has one; also in S3. Throws `usage` for an address that is none. */
export function basisPlace(place: string, options: StoreOptions): BasisPlace {
  if (isS3Uri(place)) {
    const { bucket, key } = parseS3Uri(place);
    const parts = key === '' ? [] : key.split('/');
    const file = key.endsWith(extension) ? (parts.pop() ?? usualName) : usualName;
    const root = formatS3Uri({ bucket, key: parts.join('/') });
    return { store: openStore(root, options), key: file, name: `${root}/${file}` };
  }
  const path = resolve(localPathOf(place) ?? place);
  const isFile = path.endsWith(extension);
  const [folder, file] = isFile ? [dirname(path), basename(path)] : [path, usualName];
  return { store: openStore(folder), key: file, name: isFile ? place : `${place}/${usualName}` };
}

export interface ReadBasis {
  readonly fitted: FittedBasis;
  /** As it is stored. */
  readonly bytes: Uint8Array;
}

/** Throws `EigenfleetError('usage')` where there is no basis that can be read: what it is instead, and what to do. */
export async function readBasis(place: BasisPlace): Promise<ReadBasis> {
  const { store, key, name } = place;
  const stored = await readStoredBytes(store, key, mostStoredBytes.basis);
  if (stored.status === 'absent') {
    throw new EigenfleetError(
      'usage',
      `There is no basis at ${name}: make one with "eigenfleet basis fit", or check the path.`,
    );
  }
  if (stored.status !== 'read') throw unreadable(name, stored.reason);
  try {
    return { fitted: decodeBasis(stored.bytes), bytes: stored.bytes };
  } catch (cause) {
    throw unreadable(name, messageOf(cause), cause);
  }
}

function unreadable(name: string, reason: string, cause?: unknown): EigenfleetError {
  return new EigenfleetError(
    'usage',
    `The basis ${name} cannot be read: ${reason}. Make it again with "eigenfleet basis fit".`,
    { cause },
  );
}

/** Writes the whole file or nothing. Throws `storage`. */
export async function writeBasis({ store, key }: BasisPlace, basis: FittedBasis): Promise<void> {
  await store.put(key, encodeBasis(basis));
}
