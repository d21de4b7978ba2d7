// Runs test files three at a time, each in a process of its own, those that take longest first: `node scripts/test.js FILE.test.js ...`. Begun by name, as "node --test"
// begins them, a long one would start last and run alone at the end. Ends with 1 where a test failed.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, sep } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** More than the two processors of a small machine, as files also wait: for servers, for locks that run out. */
const concurrency = 3;
/**
 * Bytes of bytecode after which V8 looks at optimizing a function, 132 kB by itself: tests run much code a few times, and compiling it took a quarter of the CPU time of those that run
 * datasets. Of Node 20's V8, for processes of tests and the commands that they start (test/support/test-flags.ts).
 */
const optimizeAfter = 600_000;
/** As `node scripts/test-times.js` has them. A file that is not named follows these, by its name. */
const longestFirst = [
  ...['local', 'commands', 'integration/audit-week', 'integration/faults', 'model'],
  ...['integration/fleet-faults', 'deploy/package'],
  ...['integration/report-browser', 'integration/run-webgpu', 'integration/run-s3', 'shared'],
  ...['deploy/demo-progress', 'deploy/demo-fleet', 'integration/fleet-s3', 'worker', 'report'],
  ...['integration/audit-run', 'integration/dashboard'],
  ...['contract/object-store', 'deploy/dockerfile', 'deploy/demo-audit', 'audit', 'cli', 'image'],
];

const rankOf = (file) => {
  const name = posix
    .normalize(file.replaceAll(sep, '/'))
    .replace(/^.*dist\/test\/|\.test\.js$/g, '');
  const at = longestFirst.indexOf(name);
  return at < 0 ? longestFirst.length : at;
};
/** What was compiled of a file that is gone may still be there. */
const hasSource = (file) =>
  existsSync(file.replaceAll(sep, '/').replace(/dist\/(test\/.*)\.js$/, '$1.ts'));
const files = process.argv
  .slice(2)
  .filter(hasSource)
  .sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));

if (files.length === 0) throw new Error('Name the test files: a run of none would pass.');
// Processes of tests get these.
if (process.version.startsWith('v20.')) {
  process.execArgv.push(`--interrupt-budget=${optimizeAfter}`);
}
// Commands of one file need not compile and try what those of another did (test/support/warm-cache.ts).
const cache = mkdtempSync(join(tmpdir(), 'eigenfleet-tests-'));
process.env.EIGENFLEET_TEST_CACHE = cache;
process.once('exit', () => rmSync(cache, { recursive: true, force: true }));
run({ files, concurrency })
  .on('test:fail', ({ todo }) => {
    if (todo === undefined || todo === false) process.exitCode = 1;
  })
  .compose(spec)
  .pipe(process.stdout);
