import { fileURLToPath } from 'node:url';
import { EigenfleetError } from '../errors.ts';
import { DeferredStore } from './deferred-store.ts';
import { BlockingFolderStore } from './folder/blocking-folder-store.ts';
import { FolderStore } from './folder-store.ts';
import type { ObjectStore } from './object-store.ts';
import { formatS3Uri, parseS3Uri } from './s3/s3-uri.ts';

/** Settings of the storage backends, a subset of a run's settings. */
export interface StoreOptions {
  /** Of an S3-compatible server; AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or AWS itself when absent. */
  readonly s3Endpoint?: string | undefined;
  /** AWS_REGION or the profile's when absent. */
  readonly s3Region?: string | undefined;
  /** For threads that do nothing else: files are read in the thread that asks. */
  readonly blocking?: boolean | undefined;
}

/**
 * Returns the store that a person names: a folder path, or a URI whose scheme chooses the backend. Reads and writes nothing yet.
 * Throws `usage` for an unknown scheme. The message repeats only the scheme: the rest may hold credentials.
 */
export function openStore(uriOrPath: string, options: StoreOptions = {}): ObjectStore {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(uriOrPath)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return openFolder(uriOrPath, options);
    case 'file':
      return openFolder(pathOfFileUri(uriOrPath), options);
    case 's3':
      return openDeferred(uriOrPath, options);
    default:
      throw new EigenfleetError(
        'usage',
        `${scheme}:// is not supported as storage. Use a folder path, or a file:// or s3:// address.`,
      );
  }
}

function openFolder(path: string, { blocking }: StoreOptions): ObjectStore {
  return blocking ? new BlockingFolderStore(path) : new FolderStore(path);
}

/** The AWS SDK is loaded when the store is first used. */
function openDeferred(uri: string, { s3Endpoint, s3Region }: StoreOptions): ObjectStore {
  const root = parseS3Uri(uri);
  return new DeferredStore(formatS3Uri(root), async () => {
    const { openS3Store } = await import('./s3/open-s3-store.ts');
    return openS3Store(root, { endpoint: s3Endpoint, region: s3Region });
  });
}

function pathOfFileUri(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch (error) {
    throw new EigenfleetError(
      'usage',
      `${uri} is not an address of a local folder. Write file:///path/to/folder, or the path alone.`,
      { cause: error },
    );
  }
}
