import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Piscina } from 'piscina';
import { LoadedThreads } from '../../src/shared/host/threads/loaded-threads.ts';
import { tempDir } from '../support/temp-dir.ts';

test('threads that are still loading their program are ended when they have loaded it', async () => {
  const folder = tempDir();
  const program = join(folder, 'program.mjs');
  const loaded = new Int32Array(new SharedArrayBuffer(4));
  writeFileSync(
    program,
    `import { workerData } from 'piscina';
     Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
     Atomics.add(workerData, 0, 1);
     export default () => 1;`.replace("'piscina'", JSON.stringify(import.meta.resolve('piscina'))),
  );
  const pool = new Piscina({
    filename: pathToFileURL(program).href,
    ...{ minThreads: 2, maxThreads: 2, workerData: loaded },
  });
  const threads = new LoadedThreads(pool);
  await threads.destroy();
  assert.equal(loaded[0], 2);
});
