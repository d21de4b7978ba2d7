import { fileURLToPath } from 'node:url';
import { EigenfleetError } from './errors.ts';
import { FolderStore } from './folder-store.ts';
import type { ObjectStore } from './object-store.ts';

/**
 * The store that a person names: a folder path, or a URI whose scheme says what it is. Nothing is read or written yet.
 * Throws `usage` for a scheme that is not known. The message repeats only the scheme: the rest may hold credentials.
 */
export function openStore(uriOrPath: string): ObjectStore {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(uriOrPath)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return new FolderStore(uriOrPath);
    case 'file':
      return new FolderStore(pathOfFileUri(uriOrPath));
    default:
      throw new EigenfleetError(
        'usage',
        `${scheme}:// is no storage that eigenfleet knows. Give a folder path or a file:// address.`,
      );
  }
}

function pathOfFileUri(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch (error) {
    throw new EigenfleetError(
      'usage',
      `${uri} is no address of a local folder. Write file:///path/to/folder, or the path alone.`,
      { cause: error },
    );
  }
}
