import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Patience } from '../../../src/cli/follow/patience.ts';

const away = new Error('away');
const fails = async (): Promise<string> => {
  throw away;
};

function patience(): { readonly notes: string[]; readonly asking: Patience } {
  const notes: string[] = [];
  const reasonOf = (error: unknown) => (error === away ? 'no connection' : undefined);
  const note = (line: string): void => void notes.push(line);
  return { notes, asking: new Patience({ name: 'Redis', reasonOf, note, limitMs: 600_000 }) };
}

describe('asking with patience', () => {
  it('says once that a part is away, and once that it is back', async () => {
    const { notes, asking } = patience();
    assert.equal(await asking.ask(async () => 1, 0), 1);
    for (const nowMs of [1, 2, 3]) assert.equal(await asking.ask(fails, nowMs), undefined);
    for (const nowMs of [4, 5]) assert.equal(await asking.ask(async () => 2, nowMs), 2);
    assert.deepEqual(notes, [
      'Redis is away, waiting for it up to 10 min 00 s: no connection',
      'Redis is back.',
    ]);
  });

  it('does not speak of waiting where nobody wants to', async () => {
    const notes: string[] = [];
    const note = (line: string): void => void notes.push(line);
    const options = { name: 'Redis', reasonOf: () => 'no connection', note, limitMs: 0 };
    await assert.rejects(new Patience(options).ask(fails, 0));
    assert.deepEqual(notes, ['Redis is away: no connection']);
  });

  it('says each minute that it still is away', async () => {
    const { notes, asking } = patience();
    for (let nowMs = 0; nowMs <= 130_000; nowMs += 1_000) await asking.ask(fails, nowMs);
    assert.deepEqual(notes.slice(1), [
      'Redis is still away, for 1 min 00 s now: no connection',
      'Redis is still away, for 2 min 00 s now: no connection',
    ]);
  });

  it('gives up on a part that stays away, counted from when it went', async () => {
    const { asking } = patience();
    await asking.ask(fails, 0);
    await asking.ask(async () => 1, 500_000);
    await asking.ask(fails, 600_000);
    await asking.ask(fails, 1_199_999);
    await assert.rejects(asking.ask(fails, 1_200_000), away);
  });

  it('throws what waiting does not mend', async () => {
    const { notes, asking } = patience();
    const fault = new TypeError('a fault');
    await assert.rejects(
      asking.ask(() => Promise.reject(fault)),
      fault,
    );
    assert.deepEqual(notes, []);
  });
});
