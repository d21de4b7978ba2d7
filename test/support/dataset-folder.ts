import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tempDir } from './temp-dir.ts';

/** A new folder with the given files: a text each, or a file that holds its own name for a plain path. */
export function datasetFolder(files: readonly (string | readonly [string, string])[]): string {
  const root = tempDir();
  for (const file of files) {
    const [name, content] = typeof file === 'string' ? [file, file] : file;
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return root;
}
