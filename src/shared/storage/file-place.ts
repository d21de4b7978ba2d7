import { basename, dirname, resolve } from 'node:path';
import { messageOf } from '../errors.ts';
import { UnreadableFileError } from '../host/regular-file.ts';
import { textOf } from '../host/text-file.ts';
import { localPathOf } from './local-path.ts';
import type { ObjectStore } from './object-store.ts';
import { openStore, type StoreOptions } from './open-store.ts';
import { formatS3Uri, isS3Uri, parseS3Uri } from './s3/s3-uri.ts';
import { mostStoredBytes, readStoredBytes } from './stored-json.ts';

export interface FilePlace {
  readonly store: ObjectStore;
  readonly key: string;
}

/** Where the file lies that a person names: a path, or `s3://bucket/key`. */
export function filePlace(file: string, options: StoreOptions): FilePlace {
  if (!isS3Uri(file)) {
    const path = resolve(localPathOf(file) ?? file);
    return { store: openStore(dirname(path)), key: basename(path) };
  }
  const { bucket, key } = parseS3Uri(file);
  const slash = key.lastIndexOf('/');
  const root = formatS3Uri({ bucket, key: key.slice(0, Math.max(0, slash)) });
  return { store: openStore(root, options), key: key.slice(slash + 1) };
}

/** Writes a text whole or not at all; folders on the way are made. */
export async function writeTextFile(
  file: string,
  text: string,
  options: StoreOptions,
): Promise<void> {
  const { store, key } = filePlace(file, options);
  await store.put(key, new TextEncoder().encode(text));
}

export type ReadText =
  | { readonly status: 'read'; readonly text: string; readonly bytes: Uint8Array }
  /** `how` completes the name of the file: `does not exist`. */
  | { readonly status: 'unreadable'; readonly how: string };

/** Reads a small text that a person wrote, in UTF-8 or UTF-16. Throws only where the storage does. */
export async function readTextFrom({ store, key }: FilePlace): Promise<ReadText> {
  const stored = await readStoredBytes(store, key, mostStoredBytes.note);
  if (stored.status === 'absent') return { status: 'unreadable', how: 'does not exist' };
  if (stored.status !== 'read') {
    return { status: 'unreadable', how: `cannot be read: ${stored.reason}` };
  }
  try {
    return { status: 'read', text: textOf(stored.bytes), bytes: stored.bytes };
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return { status: 'unreadable', how: `cannot be read: ${messageOf(error)}` };
  }
}
