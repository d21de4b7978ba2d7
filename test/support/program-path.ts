import { statSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './cache-folder.ts';

/**
 * The built command line: the bundle that users get, or the compiled modules where they are newer ("npx tsc" alone).
 */
export const cliPath = newest(['dist/bundle/cli.js', 'dist/src/cli.js']);

function newest(paths: readonly string[]): string {
  const files = paths.map((path) => join(repositoryRoot, path));
  return files.reduce((best, path) => (writtenMs(path) > writtenMs(best) ? path : best));
}

/** The compiler notes each of its runs in a file; a module that did not change keeps its time. */
function writtenMs(path: string): number {
  const note = path.includes('bundle') ? path : join(repositoryRoot, 'dist/.tsbuildinfo');
  return statSync(note, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
