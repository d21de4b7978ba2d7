import { acquireRunLock } from '../../src/shared/storage/run-lock.ts';

/**
 * A process of its own that tries for the lock of the folder it is given, says `held` or the reason why not on stdout, and, when it holds
 * the lock, lives until its stdin ends (or it is killed).
 */
const [folder = ''] = process.argv.slice(2);
try {
  await acquireRunLock(folder);
  process.stdout.write('held\n');
  process.stdin.resume();
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
