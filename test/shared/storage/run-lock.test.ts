import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isAlive, thisProcess } from '../../../src/shared/host/live-process.ts';
import { acquireRunLock } from '../../../src/shared/storage/run-lock.ts';
import { tempDir } from '../../support/temp-dir.ts';

const isLinux = process.platform === 'linux';
const holder = fileURLToPath(new URL('../../support/hold-lock.js', import.meta.url));

interface Starter {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** `held`, or the sentence that refuses. */
  readonly answer: string;
}

async function start(folder: string): Promise<Starter> {
  const child = spawn(process.execPath, [holder, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [answer] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, answer };
}

async function kill({ child }: Starter): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Changes what the lock in `folder` says of its process. */
function rewriteLock(folder: string, change: Record<string, unknown>): void {
  const path = join(folder, '.eigenfleet-lock');
  const lock = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...lock, process: { ...lock.process, ...change } }));
}

describe('acquireRunLock', () => {
  it('makes the folder, and refuses a second run while the first lives', async () => {
    const folder = join(tempDir(), 'new/out');
    const lock = await acquireRunLock(folder);
    await assert.rejects(acquireRunLock(folder), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'locked');
      const who = `process ${process.pid} on ${hostname()}, since 20`;
      assert.ok(error.message.startsWith(`Another run is writing here: ${who}`), error.message);
      assert.ok(error.message.endsWith('Wait for it to end, or choose another --out.'));
      return true;
    });
    await lock.release();
  });

  it('lets the next run start after release, and leaves nothing behind', async () => {
    const folder = tempDir();
    await (await acquireRunLock(folder)).release();
    const second = await acquireRunLock(folder);
    await second.release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('releases twice without taking the lock of the next run', async () => {
    const folder = tempDir();
    const first = await acquireRunLock(folder);
    await first.release();
    const second = await acquireRunLock(folder);
    await first.release();
    await assert.rejects(acquireRunLock(folder), { code: 'locked' });
    await second.release();
  });

  it('takes over the lock of a process that was killed, again and again', async () => {
    const folder = tempDir();
    for (let i = 0; i < 3; i++) {
      const starter = await start(folder);
      assert.equal(starter.answer, 'held');
      await kill(starter);
    }
    const lock = await acquireRunLock(folder);
    await assert.rejects(acquireRunLock(folder), { code: 'locked' });
    await lock.release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('is held by one of many that find a dead lock at the same time', async () => {
    const folder = tempDir();
    await kill(await start(folder));
    const starters = await Promise.all(Array.from({ length: 6 }, () => start(folder)));
    const answers = starters.map(({ answer }) => answer);
    assert.equal(answers.filter((answer) => answer === 'held').length, 1, answers.join('\n'));
    for (const answer of answers) assert.match(answer, /^held$|^Another run is writing here/);
    for (const { child } of starters) child.stdin.end();
  });

  it('is held by one of many in one process', async () => {
    const folder = tempDir();
    const tries = Array.from({ length: 20 }, () => acquireRunLock(folder));
    const results = await Promise.allSettled(tries);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  it('takes over when the number belongs to a later process', { skip: !isLinux }, async () => {
    const folder = tempDir();
    await acquireRunLock(folder);
    rewriteLock(folder, { startedTicks: '1' });
    await (await acquireRunLock(folder)).release();
  });

  it('takes over after a restart of the machine', { skip: !isLinux }, async () => {
    const folder = tempDir();
    await acquireRunLock(folder);
    rewriteLock(folder, { bootId: 'another boot' });
    await (await acquireRunLock(folder)).release();
  });

  it('refuses for a run of another machine, and says how to get on', async () => {
    const folder = tempDir();
    await acquireRunLock(folder);
    rewriteLock(folder, { host: 'elsewhere' });
    await assert.rejects(acquireRunLock(folder), {
      code: 'locked',
      message: /on elsewhere, .* if you know that it has ended, delete .*\.eigenfleet-lock\.$/,
    });
  });

  it('refuses when the lock cannot be read', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, '.eigenfleet-lock'), '');
    await assert.rejects(acquireRunLock(folder), { code: 'locked', message: /is damaged/ });
  });

  it('says when the folder cannot be made', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'file'), '');
    await assert.rejects(acquireRunLock(join(folder, 'file')), {
      code: 'storage',
      message: /file cannot be written/,
    });
  });
});

describe('isAlive', () => {
  it('sees this process, and not one that has ended', async () => {
    assert.equal(await isAlive(await thisProcess()), 'yes');
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(child, 'exit');
    assert.equal(await isAlive({ ...(await thisProcess()), pid: child.pid! }), 'no');
  });

  it('cannot see into another container', { skip: !isLinux }, async () => {
    assert.equal(await isAlive({ ...(await thisProcess()), pidNamespace: 'pid:[1]' }), 'unknown');
  });
});
