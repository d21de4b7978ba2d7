import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GrowingTasks } from '../../../src/shared/host/threads/growing-tasks.ts';
import type { Tasks } from '../../../src/shared/host/threads/tasks.ts';

/** Threads that answer when they are told to. */
function threadsOf(most: number) {
  const opened: { readonly ends: (() => void)[]; closed: boolean }[] = [];
  const open = (): Tasks => {
    const thread: (typeof opened)[number] = { ends: [], closed: false };
    opened.push(thread);
    return {
      run: <Answer>(task: unknown) =>
        new Promise<Answer>((resolve) => {
          thread.ends.push(() => resolve(task as Answer));
        }),
      close: async () => {
        thread.closed = true;
      },
    };
  };
  const tasks = new GrowingTasks({ open, most, tasksAtOnce: 2 });
  return { tasks, opened };
}

const work = { name: 'prepare' };

describe('threads that grow in number', () => {
  it('stay one while tasks come one after another', async () => {
    const { tasks, opened } = threadsOf(4);
    for (let task = 0; task < 500; task++) {
      const answer = tasks.run(task, work);
      opened[0]?.ends.shift()?.();
      assert.equal(await answer, task);
    }
    assert.equal(opened.length, 1);
  });

  it('stay one where many tasks are asked for at once now and then', async () => {
    const { tasks, opened } = threadsOf(4);
    for (let burst = 0; burst < 20; burst++) {
      const answers = Array.from({ length: 12 }, (_, task) => tasks.run(task, work));
      for (const end of opened[0]?.ends.splice(0) ?? []) end();
      await Promise.all(answers);
      for (let task = 0; task < 12; task++) {
        const answer = tasks.run(task, work);
        opened[0]?.ends.shift()?.();
        await answer;
      }
    }
    assert.equal(opened.length, 1);
  });

  it('become more where most tasks find all of them busy, and never more than allowed', async () => {
    const { tasks, opened } = threadsOf(3);
    const answers = new Set(Array.from({ length: 8 }, (_, task) => tasks.run(task, work)));
    for (let task = 8; task < 2000; task++) {
      const [busiest] = [...opened].sort((a, b) => b.ends.length - a.ends.length);
      busiest?.ends.shift()?.();
      const { answer } = await Promise.race(
        [...answers].map((answer) => answer.then(() => ({ answer }))),
      );
      answers.delete(answer);
      answers.add(tasks.run(task, work));
    }
    assert.equal(opened.length, 3);
    const underWay = opened.map(({ ends }) => ends.length).sort();
    assert.deepEqual(underWay, [2, 3, 3], 'tasks go to the thread with the fewest');
  });

  it('are all closed', async () => {
    const { tasks, opened } = threadsOf(2);
    for (let task = 0; task < 100; task++) tasks.run(task, work).catch(() => {});
    assert.equal(opened.length, 2);
    await tasks.close();
    assert.deepEqual(
      opened.map(({ closed }) => closed),
      [true, true],
    );
  });
});
