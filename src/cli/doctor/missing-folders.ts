import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../../shared/host/storage-error.ts';
import { localPathOf } from '../../shared/storage/local-path.ts';

/** Returns the folders that writing to a local place would create, innermost first; none for a remote place. */
export async function missingFolders(uri: string): Promise<readonly string[]> {
  const missing: string[] = [];
  let path = localPathOf(uri);
  while (path !== undefined && (await isMissing(path))) {
    missing.push(path);
    path = dirname(path) === path ? undefined : dirname(path);
  }
  return missing;
}

async function isMissing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: unknown) => systemCode(error) === 'ENOENT',
  );
}
