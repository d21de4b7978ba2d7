import { access, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf } from '../shared/errors.ts';
import { hasEscapes, pathOfText } from '../shared/host/file-name.ts';
import {
  irregularity,
  mostFileBytes,
  readRegularFile,
  UnreadableFileError,
} from '../shared/host/regular-file.ts';
import { systemCode } from '../shared/host/storage-error.ts';
import { openStore, type StoreOptions } from '../shared/storage/open-store.ts';
import { isS3Uri, parseS3Source } from '../shared/storage/s3/s3-uri.ts';

export type ReadImage =
  | { readonly status: 'success'; readonly bytes: Uint8Array }
  | { readonly status: 'failed_to_fetch'; readonly reason: string };

/** Reads an image by its path, also as listings write it, or s3:// address. Throws only when the storage as a whole cannot be used. */
export async function readImage(source: string, storage: StoreOptions): Promise<ReadImage> {
  try {
    const path = isS3Uri(source) ? source : await existingPath(source);
    const reason = isS3Uri(source) ? undefined : await noFileReason(path);
    if (reason !== undefined) return { status: 'failed_to_fetch', reason };
    const bytes = isS3Uri(source)
      ? await fetchImage(source, storage)
      : await readRegularFile(path, { mostBytes: mostFileBytes.image });
    if (bytes !== undefined) return { status: 'success', bytes };
  } catch (error) {
    if (error instanceof UnreadableFileError) {
      return { status: 'failed_to_fetch', reason: error.message };
    }
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code !== 'ENOENT') return { status: 'failed_to_fetch', reason: messageOf(error) };
  }
  return { status: 'failed_to_fetch', reason: 'it does not exist' };
}

/** Returns the path as it was given; where there is none, that of the name whose text it is (`textOfNames`). */
async function existingPath(source: string): Promise<string | Buffer> {
  if (!hasEscapes(source)) return source;
  return access(source).then(
    () => source,
    () => pathOfText(resolve(source)),
  );
}

/** Returns why there is nothing to read. */
async function noFileReason(path: string | Buffer): Promise<string | undefined> {
  const found = await stat(path);
  if (found.isDirectory()) {
    return 'it is a folder; name its images, or explain all of it with "eigenfleet run"';
  }
  return irregularity(found);
}

async function fetchImage(uri: string, storage: StoreOptions): Promise<Uint8Array | undefined> {
  const { bucket, key } = parseS3Source(uri);
  return openStore(`s3://${bucket}`, storage).get(key);
}
