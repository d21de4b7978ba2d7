import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { lastMs, untilStopped } from '../../src/fleet/until-stopped.ts';
import { latch } from '../support/latch.ts';

const graceMs = 1_000;

describe('a service that is told to stop', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  function start() {
    const signals = new EventEmitter();
    const stopped = latch();
    const calls: string[] = [];
    const note = (call: string) => () => void calls.push(call);
    const ended = untilStopped({
      stop: () => {
        calls.push('stop');
        return stopped.promise;
      },
      ...{ abort: note('abort'), leave: note('leave'), graceMs, signals },
    });
    return { signals, stopped, calls, ended };
  }

  it('ends when it has stopped', async () => {
    const { signals, stopped, calls, ended } = start();
    signals.emit('SIGTERM');
    stopped.resolve();
    await ended;
    assert.deepEqual(calls, ['stop']);
  });

  it('leaves five seconds after its grace time', () => {
    const { signals, calls } = start();
    signals.emit('SIGTERM');
    mock.timers.tick(graceMs);
    mock.timers.tick(lastMs - 1);
    assert.deepEqual(calls, ['stop']);
    mock.timers.tick(1);
    assert.deepEqual(calls, ['stop', 'leave']);
  });

  it('aborts at the second signal, and leaves five seconds later', () => {
    const { signals, calls } = start();
    signals.emit('SIGTERM');
    signals.emit('SIGINT');
    mock.timers.tick(lastMs - 1);
    assert.deepEqual(calls, ['stop', 'abort']);
    mock.timers.tick(1);
    assert.deepEqual(calls, ['stop', 'abort', 'leave']);
  });

  it('leaves at once at a signal after the second, and at the second after its grace time', () => {
    const insisted = start();
    for (let n = 0; n < 3; n++) insisted.signals.emit('SIGTERM');
    assert.deepEqual(insisted.calls, ['stop', 'abort', 'leave']);
    const late = start();
    late.signals.emit('SIGTERM');
    mock.timers.tick(graceMs);
    late.signals.emit('SIGTERM');
    assert.deepEqual(late.calls, ['stop', 'leave']);
  });
});
