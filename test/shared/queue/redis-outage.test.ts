import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { RedisOutage } from '../../../src/shared/queue/redis-outage.ts';
import { createLogger } from '../../../src/shared/telemetry/logger.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

function watched() {
  const connection = Object.assign(new EventEmitter(), { status: 'ready' });
  const worker = new EventEmitter();
  const clock = { ms: 0 };
  const said: string[] = [];
  const sink = {
    write: (line: string) => {
      const { msg, awayMs, error } = JSON.parse(line);
      said.push([msg, awayMs ?? error].join(' | '));
    },
  };
  const logger = createLogger({ level: 'info', component: 'worker', sink });
  new RedisOutage(connection, logger, () => clock.ms).hear(worker);
  const become = (status: string): void => {
    connection.status = status;
    if (status === 'ready') connection.emit('ready');
  };
  return { connection, worker, clock, said, become };
}

describe('an outage of Redis', () => {
  it('is said when it begins, once a minute, and when it is over', () => {
    const { connection, worker, clock, said, become } = watched();
    become('reconnecting');
    for (clock.ms = 0; clock.ms <= 90_000; clock.ms += 500) {
      connection.emit('error', refused);
      worker.emit('error', refused);
    }
    worker.emit('ready');
    become('ready');
    worker.emit('ready');
    assert.deepEqual(said, [
      'Redis is away: waiting for it | connect ECONNREFUSED',
      'Redis is still away | 60000',
      'Redis is back | 90500',
    ]);
  });

  it("may be noticed first by the worker's own connection, and said again when it comes again", () => {
    const { worker, said } = watched();
    for (const _ of ['once', 'again']) {
      worker.emit('error', new Error('Connection is closed.'));
      worker.emit('ready');
    }
    const once = ['Redis is away: waiting for it | Connection is closed.', 'Redis is back | 0'];
    assert.deepEqual(said, [...once, ...once]);
  });

  it('is not what else goes wrong in a queue, nor the first connection', () => {
    const { worker, said, become } = watched();
    become('ready');
    worker.emit('error', new Error('could not renew lock for job 7'));
    worker.emit('error', Object.assign(new Error('OOM command'), { name: 'ReplyError' }));
    assert.deepEqual(said, [
      'queue error | could not renew lock for job 7',
      'queue error | OOM command',
    ]);
  });
});
