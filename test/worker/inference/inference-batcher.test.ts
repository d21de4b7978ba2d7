import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InferenceBatcher } from '../../../src/worker/inference/inference-batcher.ts';

test('fills batches while the device is busy and never waits for a full one when it is idle', async () => {
  const sizes: number[] = [];
  const finish: (() => void)[] = [];
  const batcher = new InferenceBatcher<number, number>({
    batch: 4,
    streams: 1,
    ahead: 1,
    run: async (inputs) => {
      sizes.push(inputs.length);
      await new Promise<void>((resolve) => finish.push(resolve));
      return inputs.map((value) => value * 2);
    },
  });
  const outputs = Promise.all([1, 2, 3, 4, 5, 6].map((value) => batcher.infer(value)));
  const settle = async (): Promise<void> => {
    while (finish.length > 0) {
      finish.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await settle();
  assert.deepEqual(await outputs, [2, 4, 6, 8, 10, 12]);
  assert.deepEqual(sizes, [1, 4, 1]);
});

test('a failing run rejects its own members only', async () => {
  const batcher = new InferenceBatcher<number, number>({
    batch: 1,
    streams: 1,
    ahead: 2,
    run: async (inputs) => {
      if (inputs[0] === 2) throw new Error('boom');
      return inputs;
    },
  });
  const settled = await Promise.allSettled([1, 2, 3].map((value) => batcher.infer(value)));
  assert.deepEqual(
    settled.map((outcome) => outcome.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

test('inputs of different keys never run together, and none waits while the device is idle', async () => {
  const runs: string[] = [];
  const batcher = new InferenceBatcher<string, string>({
    batch: 2,
    streams: 1,
    ahead: 1,
    keyOf: (input) => input.charAt(0),
    run: async (inputs) => {
      runs.push(inputs.join(' '));
      await new Promise((resolve) => setImmediate(resolve));
      return inputs;
    },
  });
  const inputs = ['a1', 'b1', 'c1', 'b2', 'a2', 'b3'];
  assert.deepEqual(await Promise.all(inputs.map((input) => batcher.infer(input))), inputs);
  assert.deepEqual(runs, ['a1', 'b1 b2', 'c1', 'a2', 'b3']);
});
