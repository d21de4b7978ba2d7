import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../../shared/host/storage-error.ts';
import { localPathOf } from '../../shared/storage/local-path.ts';

/** The folders that writing to a place on this machine would make, the innermost first; none for a place elsewhere. */
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
