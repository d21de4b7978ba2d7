import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the repository, as a path; this file runs as `dist/test/support/cache-folder.js`. */
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** Where tests keep what is costly to fetch: `$XDG_CACHE_HOME/eigenfleet`, else `.cache` in the repository (git ignores it). */
export function cacheFolder(): string {
  const shared = process.env.XDG_CACHE_HOME;
  return shared ? join(shared, 'eigenfleet') : join(repositoryRoot, '.cache');
}
