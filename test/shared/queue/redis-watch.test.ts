import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { RedisWatch } from '../../../src/shared/queue/redis-watch.ts';
import { createLogger } from '../../../src/shared/telemetry/logger.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });
const denied = reply("NOPERM User f has no permissions to run the 'evalsha' command");
const { signal } = new AbortController();

/** A watch whose clock moves by what it rests between two looks. */
function watched() {
  const connection = Object.assign(new EventEmitter(), { status: 'ready' });
  const clock = { ms: 0 };
  const said: string[] = [];
  const sink = {
    write: (line: string) => {
      const { msg, awayMs, error } = JSON.parse(line);
      said.push([msg, awayMs ?? error].join(' | '));
    },
  };
  let answers: readonly (Error | undefined)[] = [];
  const watch = new RedisWatch({
    ...{ connection, url: 'redis://f:secret@here:6379', nowMs: () => clock.ms },
    logger: createLogger({ level: 'info', component: 'worker', sink }),
    probe: async () => {
      const [answer, ...more] = answers;
      if (more.length > 0) answers = more;
      if (answer !== undefined) throw answer;
    },
    rest: async (ms) => {
      clock.ms += ms;
      await new Promise(setImmediate);
    },
  });
  /** The last of them is said again and again. */
  const answer = (...next: readonly (Error | undefined)[]): void => {
    answers = next;
  };
  return { watch, connection, clock, said, answer };
}

const times = (count: number, error: Error) => Array.from({ length: count }, () => error);

describe('the watch over Redis', () => {
  it('lets nobody pass before the first look, and says nothing when all is well', async () => {
    const { watch, said } = watched();
    const leaving = new AbortController();
    const waiting = watch.fit(leaving.signal);
    leaving.abort();
    assert.equal(await waiting, false);
    watch.start();
    assert.equal(await watch.fit(signal), true);
    assert.deepEqual([watch.awaited, said], [undefined, []]);
  });

  it('says that Redis is away when it goes, once a minute, and when it is back', async () => {
    const { watch, connection, said, answer } = watched();
    watch.start();
    await watch.fit(signal);
    answer(...times(20, refused), undefined);
    for (let n = 0; n < 500; n++) connection.emit('error', refused);
    assert.equal(watch.awaited, 'Redis is away (redis://here:6379: connect ECONNREFUSED)');
    assert.equal(await watch.fit(signal), true);
    assert.equal(watch.awaited, undefined);
    const [first, still, ...rest] = said;
    assert.equal(first, 'Redis is away: waiting for it | connect ECONNREFUSED');
    assert.match(still ?? '', /^Redis is still away \| 6\d{3}\d$/);
    assert.match(rest.join(), /^Redis is back \| \d+$/);
  });

  it('waits for a Redis that is full, loads or became a replica, however long it has been at work', async () => {
    for (const error of [
      reply("OOM command not allowed when used memory > 'maxmemory'."),
      reply('LOADING Redis is loading the dataset in memory'),
      reply('READONLY You can not write against a read only replica.'),
    ]) {
      const { watch, answer } = watched();
      watch.start();
      await watch.fit(signal);
      answer(...times(100, error), undefined);
      watch.failed(error);
      assert.equal(await Promise.race([watch.fit(signal), watch.refused]), true);
    }
  });

  it('ends a service that is refused: at once at its start, later when it lasts', async () => {
    const says = { code: 'refused', message: /redis:\/\/here:6379 does not let .*\+evalsha/ };
    const begun = watched();
    begun.answer(denied);
    begun.watch.start();
    await assert.rejects(begun.watch.refused, says);
    assert.ok(begun.clock.ms <= 1_000);

    const { watch, clock, answer } = watched();
    watch.start();
    await watch.fit(signal);
    answer(denied);
    watch.failed(denied);
    await assert.rejects(watch.refused, says);
    assert.ok(clock.ms >= 10_000 && clock.ms < 20_000, `${clock.ms}`);
    watch.stop();
    begun.watch.stop();
  });

  it('takes a replica for the wrong server only when a start meets nothing else for a while', async () => {
    const { watch, clock, answer } = watched();
    answer(reply('READONLY You can not write against a read only replica.'));
    watch.start();
    await assert.rejects(watch.refused, {
      code: 'refused',
      message: /is a read-only replica \(READONLY\): give the address of the primary/,
    });
    assert.ok(clock.ms >= 15_000 && clock.ms < 30_000, `${clock.ms}`);
    watch.stop();
  });

  it('holds a queue back that fails for reasons of its own, longer each time, and says little', async () => {
    const { watch, clock, said } = watched();
    watch.start();
    for (let n = 0; n < 20; n++) {
      await watch.fit(signal);
      watch.failed(reply('WRONGTYPE Operation against a key holding the wrong kind of value'));
    }
    assert.ok(clock.ms > 300_000, `${clock.ms}`);
    assert.ok(said.length <= 40);
    watch.stop();
  });

  it('passes on what is wrong with a job alone', async () => {
    const { watch, said } = watched();
    watch.start();
    await watch.fit(signal);
    watch.failed(new Error('could not renew lock for job 7'));
    assert.deepEqual(said, ['queue error | could not renew lock for job 7']);
    assert.equal(await watch.fit(signal), true);
  });
});
