import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { PixelBudget, sharedBudget } from '../../../src/worker/explain/pixel-budget.ts';

const mega = 1_000_000;

describe('the budget of pixels that are decoded at once', () => {
  it('lets pictures begin only while all that are under way fit', async () => {
    const budget = new PixelBudget(sharedBudget(100 * mega));
    let [now, most] = [0, 0];
    const decode = (pixels: number) =>
      budget.spend(pixels, async () => {
        now += pixels;
        most = Math.max(most, now);
        for (let i = 0; i < 5; i++) await setImmediate();
        now -= pixels;
      });
    const sizes = [50, 100, 12, 12, 90, 60, 12, 100, 5];
    await Promise.all(sizes.map((size) => decode(size * mega)));
    assert.equal(now, 0);
    assert.ok(most > 80 * mega && most <= 100 * mega, `${most}`);
  });

  it('lets one that is larger than all of it go alone, and counts no small ones', async () => {
    const budget = new PixelBudget(sharedBudget(100 * mega));
    const done: string[] = [];
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const huge = budget.spend(900 * mega, async () => {
      await ended;
      done.push('huge');
    });
    const next = budget.spend(12 * mega, async () => done.push('next'));
    await budget.spend(mega, async () => done.push('small'));
    end();
    await Promise.all([huge, next]);
    assert.deepEqual(done, ['small', 'huge', 'next']);
  });

  it('gets back the pixels of one that fails', async () => {
    const free = sharedBudget(100 * mega);
    const budget = new PixelBudget(free);
    await assert.rejects(budget.spend(100 * mega, () => Promise.reject(new Error('damaged'))));
    assert.equal(free[0], 100 * mega);
  });

  it('is common to all threads', async () => {
    const free = sharedBudget(100 * mega);
    const budget = new PixelBudget(free);
    const module = new URL('../../../src/worker/explain/pixel-budget.js', import.meta.url).href;
    const script = `
      const { workerData, parentPort } = require('node:worker_threads');
      import('${module}').then(({ PixelBudget }) =>
        new PixelBudget(workerData).spend(100e6, () => new Promise((resolve) => {
          parentPort.postMessage('began');
          parentPort.once('message', resolve);
        })));`;
    const worker = new Worker(script, { eval: true, workerData: free });
    await new Promise((resolve) => worker.once('message', resolve));
    let began = false;
    const waiting = budget.spend(100 * mega, async () => {
      began = true;
    });
    await setImmediate();
    assert.equal(began, false);
    worker.postMessage('go on');
    await waiting;
    assert.equal(began, true);
    await worker.terminate();
  });
});
