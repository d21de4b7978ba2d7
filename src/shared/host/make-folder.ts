import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './storage-error.ts';

/**
 * Makes a folder and those above it; says whether it is new. Not `mkdir(..., { recursive: true })`: where the system answers ENOENT for
 * a new folder in an existing one (`/proc`, an automounter's folder), Node's own recursion never ends.
 */
export async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST') return false;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
  }
  await makeFolder(dirname(path));
  return mkdir(path).then(
    () => true,
    (error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
      return false;
    },
  );
}
