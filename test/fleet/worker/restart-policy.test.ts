import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { afterEnd, mostRapidCrashes, steadyMs } from '../../../src/fleet/worker/restart-policy.ts';

const crash = { code: null, signal: 'SIGSEGV', livedMs: 500 } as const;

/** The delays of a worker that crashes again and again, in seconds, until it is given up. */
function delays(livedMs: number): { seconds: number[]; last: string } {
  const seconds: number[] = [];
  let rapidCrashes = 0;
  for (;;) {
    const next = afterEnd({ ...crash, livedMs }, rapidCrashes);
    if (next.action !== 'restart' || seconds.length === 40) {
      return { seconds, last: next.action === 'give-up' ? next.sentence : next.action };
    }
    seconds.push(next.delayMs / 1000);
    ({ rapidCrashes } = next);
  }
}

describe('a worker process that ended', () => {
  it('is started again after 1, 2, 4 ... 30 seconds, and given up with a sentence', () => {
    const { seconds, last } = delays(500);
    assert.deepEqual(seconds, [1, 2, 4, 8, 16, 30, 30, 30, 30, 30]);
    assert.equal(seconds.length, mostRapidCrashes);
    assert.equal(
      last,
      'it crashed 11 times in a row soon after its start (last: SIGSEGV): see its messages, or run eigenfleet doctor.',
    );
  });

  it('is started again forever, after a second, when it lives for a minute each time', () => {
    assert.deepEqual(new Set(delays(steadyMs).seconds), new Set([1]));
    assert.equal(delays(steadyMs).last, 'restart');
  });

  it('is left when it ended in good order or was interrupted', () => {
    for (const code of [0, 130]) {
      assert.deepEqual(afterEnd({ code, signal: null, livedMs: 5 }, 0), { action: 'leave' });
    }
  });

  it('is started again after a fault of its own', () => {
    for (const code of [70, 1]) {
      assert.equal(afterEnd({ code, signal: null, livedMs: 5 }, 0).action, 'restart', `${code}`);
    }
  });

  it('is started again, however often, when Redis was away', () => {
    const away = { code: 8, signal: null, livedMs: 5 };
    const next = { action: 'restart', delayMs: 30_000, rapidCrashes: 0 };
    assert.deepEqual(afterEnd(away, 10), next);
  });

  it('is never started again for what a person has to put right: options, device, rights', () => {
    for (const code of [2, 3, 4, 5, 6, 7, 11]) {
      const next = afterEnd({ code, signal: null, livedMs: 9e9 }, 0);
      assert.equal(next.action, 'give-up');
    }
  });
});
