import { basename, dirname, resolve } from 'node:path';
import { localPathOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { openStore, type StoreOptions } from '../../shared/storage/open-store.ts';
import { formatS3Uri, isS3Uri, parseS3Uri } from '../../shared/storage/s3/s3-uri.ts';

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
