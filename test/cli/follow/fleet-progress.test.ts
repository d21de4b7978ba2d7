import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fleetWords, Pace } from '../../../src/cli/follow/fleet-progress.ts';
import type { RunCounters } from '../../../src/shared/queue/run-counters.ts';

const total = { images: 1600, shards: 4 };
const worker = {
  ...{ worker: 'host-1-a', host: 'host', device: 'cpu', images: 9 },
  startedAt: '2026-11-24T09:30:00.000Z',
};

function counted(more: Partial<RunCounters> = {}): RunCounters {
  const none = { done: 0, failed: 0, images: 0, imagesFailed: 0, imagesLive: 0 };
  return { ...none, cancelled: false, ...more };
}

/** Forty images in each of ten seconds. */
function steady(): Pace {
  const pace = new Pace();
  for (let second = 0; second <= 10; second++) pace.add(second * 40, second * 1000);
  return pace;
}

describe('the words of a fleet’s progress', () => {
  it('know neither rate nor time left when they look once', () => {
    const words = fleetWords({ counters: counted({ imagesLive: 400 }), workers: [], total });
    assert.equal(words, '0 of 4 shards, 400 of 1,600 images, no worker alive');
    const pace = new Pace();
    pace.add(400, 0);
    const first = fleetWords({ counters: counted({ imagesLive: 400 }), workers: [], total, pace });
    assert.equal(first, words);
  });

  it('say rate and time left, failures and workers', () => {
    const counters = counted({ done: 1, failed: 1, imagesFailed: 1, imagesLive: 400 });
    const words = fleetWords({ counters, workers: [worker], total, pace: steady() });
    assert.equal(
      words,
      '1 of 4 shards, 400 of 1,600 images, 40 images/s, 30 s left, 1 image failed, 1 shard failed, 1 worker',
    );
    const two = fleetWords({ counters: counted({ failed: 2 }), workers: [worker, worker], total });
    assert.match(two, /2 shards failed, 2 workers$/);
  });

  it('say nothing of the time left once no image is', () => {
    const counters = counted({ done: 3, imagesLive: 1600 });
    const words = fleetWords({ counters, workers: [worker], total, pace: steady() });
    assert.equal(words, '3 of 4 shards, 1,600 of 1,600 images, 40 images/s, 1 worker');
  });
});
