import { tempDir } from './temp-dir.ts';

/** What `scripts/test.js` makes for the files that it runs, and removes after them. */
const variable = 'EIGENFLEET_TEST_CACHE';

/** Environment of commands that find compiled code and models that were tried already, as those of users do from the second on; empty at first where one file runs alone. */
export function warmCache(): { readonly XDG_CACHE_HOME: string } {
  return { XDG_CACHE_HOME: process.env[variable] ?? tempDir() };
}
