import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import { repositoryRoot } from '../support/cache-folder.ts';

describe('npm run demo:fleet', () => {
  it('explains the blood cells with a fleet, says where the report is, and leaves nothing running', async () => {
    // Two shards, one for each worker.
    const demo = startDemo('--limit', '7');
    const report = await demo.line(/^open: /);
    assert.deepEqual(await demo.end(), [0, null]);
    assert.ok(existsSync(join(repositoryRoot, report.slice('open: '.length))), report);
    assert.equal(livesOn(demo.process), false);
  });

  it('leaves nothing running when it is interrupted', async () => {
    const demo = startDemo();
    await demo.line(/^Started a coordinator/);
    demo.process.kill('SIGINT');
    assert.deepEqual(await demo.end(), [130, null]);
    assert.equal(livesOn(demo.process), false);
  });
});

/** The demo in a process group of its own, so that what it leaves behind can be seen, and ended. */
function startDemo(...args: string[]) {
  const child = spawn(process.execPath, ['scripts/demo-fleet.js', ...args], {
    cwd: repositoryRoot,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, REDIS_URL: '' },
  });
  after(() => {
    if (livesOn(child)) process.kill(-child.pid!, 'SIGKILL');
  });
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => said.push(line));
  const ended = once(child, 'close');
  return {
    process: child,
    end: () => ended,
    line: (pattern: RegExp) =>
      new Promise<string>((resolve, reject) => {
        lines.on('line', (line) => pattern.test(line) && resolve(line));
        ended.then(
          () => reject(new Error(`ended without ${pattern}:\n${said.join('\n')}`)),
          reject,
        );
      }),
  };
}

/** Whether any process of the group is there. */
function livesOn({ pid }: ChildProcess): boolean {
  try {
    return pid !== undefined && process.kill(-pid, 0);
  } catch {
    return false;
  }
}
