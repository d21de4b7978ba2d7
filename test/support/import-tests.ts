import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from './cache-folder.ts';
import { latch } from './latch.ts';

/**
 * Runs all test files of a folder below test/ in this process, one after the other: most take less time than a process and its modules
 * would. None begins before all are loaded, and one that cannot be loaded keeps no other from running.
 */
export async function importTests(folder: string): Promise<void> {
  // The sources are asked: what was compiled of a file that is gone may still be there.
  const files = readdirSync(join(repositoryRoot, 'test', folder), {
    recursive: true,
    encoding: 'utf8',
  })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `../${folder}/${name.replace(/ts$/, 'js')}`);
  const loaded = latch();
  const failures: unknown[] = [];
  test(`the ${files.length} files of test/${folder} can be loaded`, async () => {
    await loaded.promise;
    if (failures.length > 0) throw new AggregateError(failures, 'Some can not.');
  });
  for (const file of files.sort()) {
    await import(file).catch((error: unknown) => failures.push(error));
  }
  loaded.resolve();
}
