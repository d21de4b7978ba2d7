import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OwnTasks } from '../../../src/shared/host/threads/own-tasks.ts';

test('tasks of the own thread begin in their order, as many at once as may', async () => {
  const begun: number[] = [];
  const ends = new Map<number, () => void>();
  const wait = (task: number) => {
    begun.push(task);
    return new Promise<number>((end) => ends.set(task, () => end(task * 10)));
  };
  const tasks = new OwnTasks({ wait }, 2);
  const answers = [1, 2, 3].map((task) => tasks.run<number>(task, { name: 'wait' }));
  assert.deepEqual(begun, [1, 2]);
  ends.get(2)?.();
  assert.equal(await answers[1], 20);
  assert.deepEqual(begun, [1, 2, 3]);
  ends.get(1)?.();
  ends.get(3)?.();
  assert.deepEqual(await Promise.all(answers), [10, 20, 30]);
});

test('a task that fails is told to who asked for it, and the next one begins', async () => {
  const tasks = new OwnTasks({ fail: () => Promise.reject(new Error('no')), one: () => 1 }, 1);
  await assert.rejects(tasks.run(undefined, { name: 'fail' }), { message: 'no' });
  assert.equal(await tasks.run(undefined, { name: 'one' }), 1);
  await assert.rejects(tasks.run(undefined, { name: 'other' }), { name: 'TypeError' });
});
