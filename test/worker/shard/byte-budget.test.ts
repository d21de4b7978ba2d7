import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteBudget } from '../../../src/worker/shard/byte-budget.ts';

test('grants at once what fits and makes the rest wait in order', async () => {
  const budget = new ByteBudget(10);
  const granted: string[] = [];
  await budget.acquire(6);
  const second = budget.acquire(6).then(() => granted.push('second'));
  const third = budget.acquire(1).then(() => granted.push('third'));
  assert.equal(budget.usedBytes, 6);
  budget.release(6);
  await Promise.all([second, third]);
  assert.deepEqual(granted, ['second', 'third']);
  assert.equal(budget.usedBytes, 7);
});

test('lets a request larger than the budget pass alone', async () => {
  const budget = new ByteBudget(10);
  await budget.acquire(100);
  const next = budget.acquire(1);
  assert.equal(budget.usedBytes, 100);
  budget.release(100);
  await next;
  assert.equal(budget.usedBytes, 1);
});
