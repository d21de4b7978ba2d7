import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../support/cache-folder.ts';
import { tempDir } from '../support/temp-dir.ts';

const moduleUrl = (name: string): string =>
  JSON.stringify(pathToFileURL(join(repositoryRoot, 'dist/src/shared/host', name)).href);

/** Opening a pipe that nobody writes holds up a thread as a network mount does that hangs. */
const program = (pipe: string): string => `
  import { open } from 'node:fs/promises';
  import { diskWatch } from ${moduleUrl('disk-watch.js')};
  import { endProcess } from ${moduleUrl('process-end.js')};
  process.on('SIGTERM', () => {
    if (diskWatch.owedMs > 1_000) endProcess(130);
    else process.stdout.write('not yet\\n');
  });
  void diskWatch.ask(() => open(${JSON.stringify(pipe)}, 'r'));
  setTimeout(() => process.stdout.write('hangs\\n'), 1_100);
`;

test('a process whose disk hangs ends when it is told to', {
  skip: process.platform === 'win32',
}, async (t) => {
  const pipe = join(tempDir(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program(pipe)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  // As a shell says it: 130.
  assert.deepEqual(await ended, [null, 'SIGINT']);
});
