import { chmod, rename, symlink, writeFile } from 'node:fs/promises';

/**
 * Writes a file under a name that other test processes may write at the same moment: each writes its own and renames it, so that
 * nobody reads half of it.
 */
export async function writeWhole(path: string, content: string, mode = 0o644): Promise<void> {
  const part = `${path}.${process.pid}`;
  await writeFile(part, content);
  await chmod(part, mode);
  await rename(part, path);
}

/** A symbolic link, under the same conditions. */
export async function linkWhole(target: string, path: string): Promise<void> {
  const part = `${path}.${process.pid}`;
  await symlink(target, part);
  await rename(part, path);
}
