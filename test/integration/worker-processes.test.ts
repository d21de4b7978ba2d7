import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import {
  abortGraceMs,
  type SupervisedExit,
  type SupervisorClock,
  superviseWorkers,
} from '../../src/fleet/worker/worker-processes.ts';
import { exitCodes } from '../../src/shared/errors.ts';
import { silentLogger } from '../../src/shared/telemetry/logger.ts';

/** Stands for a worker: ends at the second signal, or at the first if it is told so, and is killed if it hangs. */
const waiting = `
let seen = 0;
const onSignal = (signal) => { seen++; process.send([signal, seen]); };
process.on('SIGTERM', onSignal);
process.on('SIGINT', onSignal);
process.on('message', (code) => process.exit(code));
process.send('ready');
`;

interface Fleet {
  readonly ended: Promise<number>;
  readonly exits: SupervisedExit[];
  readonly signals: EventEmitter;
  /** Delays of the callbacks that are pending, in milliseconds. */
  readonly delays: number[];
  /** Lets the time of the oldest pending callback come. */
  pass(): void;
  /** The children in the order of their start. */
  readonly children: ChildProcess[];
  /** Waits for the nth start (from 0) and its readiness. */
  ready(nth: number): Promise<ChildProcess>;
}

/** Supervises Node scripts, one a device; the script says what the process does. */
function supervise(scripts: Readonly<Record<string, string>>): Fleet {
  const signals = new EventEmitter();
  const exits: SupervisedExit[] = [];
  const children: ChildProcess[] = [];
  const messages: Promise<unknown>[] = [];
  const starts = new EventEmitter();
  let callbacks: { delayMs: number; callback(): void }[] = [];
  const clock: SupervisorClock = {
    nowMs: () => 0,
    after: (delayMs, callback) => {
      const one = { delayMs, callback };
      callbacks.push(one);
      return () => {
        callbacks = callbacks.filter((other) => other !== one);
      };
    },
  };
  const ended = superviseWorkers({
    ...{ devices: Object.keys(scripts), signals, clock, logger: silentLogger() },
    argsFor: (device, index) => [scripts[device]!, device, String(index)],
    onExit: (exit) => exits.push(exit),
    start: ([script = '', ...args]) => {
      const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
      const child = spawn(process.execPath, ['-e', script, ...args], { stdio: [...stdio] });
      children.push(child);
      messages.push(once(child, 'message'));
      starts.emit('start');
      return child;
    },
  });
  return {
    ...{ ended, exits, signals, children },
    get delays() {
      return callbacks.map(({ delayMs }) => delayMs);
    },
    pass: () => callbacks.shift()?.callback(),
    ready: async (nth) => {
      while (children.length <= nth) await once(starts, 'start');
      await messages[nth];
      return children[nth]!;
    },
  };
}

describe('the supervisor of worker processes', () => {
  it('starts one a device and ends when all have ended', async () => {
    const script =
      "process.exit(process.argv[1] + process.argv[2] === 'cuda:00' || process.argv[1] + process.argv[2] === 'cuda:11' ? 0 : 2)";
    const fleet = supervise({ 'cuda:0': script, 'cuda:1': script });
    assert.equal(await fleet.ended, 0);
    assert.deepEqual(fleet.exits.map(({ device }) => device).sort(), ['cuda:0', 'cuda:1']);
    assert.equal(fleet.children.length, 2);
  });

  it('starts one that a signal killed again after a second, and then two', async () => {
    const fleet = supervise({ cpu: waiting });
    const first = await fleet.ready(0);
    const gone = once(first, 'exit');
    first.kill('SIGKILL');
    await gone;
    assert.deepEqual(fleet.delays, [1000]);
    fleet.pass();
    const second = await fleet.ready(1);
    const goneToo = once(second, 'exit');
    second.kill('SIGKILL');
    await goneToo;
    assert.deepEqual(fleet.delays, [2000]);
    fleet.pass();
    (await fleet.ready(2)).send(0);
    assert.equal(await fleet.ended, 0);
    assert.deepEqual(
      fleet.exits.map(({ signal, restartInMs }) => [signal, restartInMs]),
      [
        ['SIGKILL', 1000],
        ['SIGKILL', 2000],
        [null, undefined],
      ],
    );
  });

  it('gives up one that refuses its options and keeps the other', async () => {
    const fleet = supervise({ 'cuda:9': 'process.exit(2)', cpu: waiting });
    const good = await fleet.ready(1);
    if (fleet.exits.length === 0) await once(fleet.children[0]!, 'exit');
    assert.deepEqual(fleet.delays, []);
    good.send(0);
    assert.equal(await fleet.ended, 2);
    assert.equal(fleet.children.length, 2);
  });

  it('passes the first signal on and waits; the second too; then kills what is left', async () => {
    const fleet = supervise({ 'cuda:0': waiting, 'cuda:1': waiting });
    const children = [await fleet.ready(0), await fleet.ready(1)];
    for (const [signal, count] of [
      ['SIGTERM', 1],
      ['SIGINT', 2],
    ] as const) {
      const heard = children.map((child) => once(child, 'message'));
      fleet.signals.emit(signal);
      for (const message of heard) assert.deepEqual(await message, [[signal, count], undefined]);
      assert.deepEqual(fleet.delays, count === 1 ? [] : [abortGraceMs]);
    }
    fleet.pass();
    assert.equal(await fleet.ended, exitCodes.fault);
    assert.deepEqual(
      fleet.exits.map(({ signal, restartInMs }) => [signal, restartInMs]),
      [
        ['SIGKILL', undefined],
        ['SIGKILL', undefined],
      ],
    );
  });

  it('is content with workers that end at the first signal, and restarts none of them', async () => {
    const fleet = supervise({ cpu: waiting });
    const child = await fleet.ready(0);
    const heard = once(child, 'message');
    fleet.signals.emit('SIGTERM');
    await heard;
    child.send(0);
    assert.equal(await fleet.ended, 0);
    assert.equal(fleet.signals.listenerCount('SIGTERM'), 0);
  });

  it('starts nothing more when the signal comes while it waits to', async () => {
    const fleet = supervise({ cpu: 'process.exit(1)' });
    await once(fleet.children[0]!, 'exit');
    assert.deepEqual(fleet.delays, [1000]);
    fleet.signals.emit('SIGTERM');
    assert.equal(await fleet.ended, 0);
    assert.deepEqual(fleet.delays, []);
    assert.equal(fleet.children.length, 1);
  });
});

describe('a worker process', () => {
  it('hears that its supervisor was killed, and can end in good order', async () => {
    const script = join(import.meta.dirname, '../support/supervised-worker.js');
    const supervisor = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: supervisor.stdout })[Symbol.asyncIterator]();
    assert.equal((await lines.next()).value, 'worker of cpu');
    supervisor.kill('SIGKILL');
    assert.equal((await lines.next()).value, 'supervisor gone');
    assert.equal((await lines.next()).done, true);
  });
});
