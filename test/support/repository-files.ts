import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { repositoryRoot } from './cache-folder.ts';

const notOurs = new Set(['node_modules', 'dist', '.git', '.cache', 'demo-results']);

/** Files of the checkout, sorted, as paths from the root with `/`; without what is built, installed or fetched. */
export function repositoryFiles(): string[] {
  const below = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
      if (notOurs.has(entry.name)) return [];
      const child = join(path, entry.name);
      if (entry.isDirectory()) return below(child);
      return entry.isFile() ? [relative(repositoryRoot, child).split(sep).join('/')] : [];
    });
  return below(repositoryRoot).sort();
}

/** A text file of the checkout. */
export function repositoryText(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}
