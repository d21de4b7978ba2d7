import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { liveness, type ReadinessFacts, readiness } from '../../../src/fleet/probes/health.ts';
import { SilentQueueWatch } from '../../../src/fleet/probes/silent-queue-watch.ts';
import { AnswerWatch } from '../../../src/shared/host/answer-watch.ts';
import { latch } from '../../support/latch.ts';

describe('a worker', () => {
  const calm = { eventLoopLagMs: 900, inferenceOwedMs: 5_000 };
  const fine: ReadinessFacts = { model: 'loaded', stopping: false, silentMs: 0 };

  it('lives while its loop turns and its inference thread answers', () => {
    assert.deepEqual(liveness({ ...calm, awaited: [] }), { status: 'ok' });
  });

  it('is to be restarted when its loop is held up or its inference thread owes an answer', () => {
    const held = { eventLoopLagMs: 20_000, inferenceOwedMs: 130_000, awaited: ['Redis is away'] };
    assert.deepEqual(liveness(held), {
      status: 'failing',
      reasons: [
        'the event loop was blocked for 20 s',
        'the inference thread has not answered for 130 s',
      ],
    });
  });

  it('is left alone, and says so, while it waits for something outside', () => {
    const awaited = ['Redis is away'];
    assert.deepEqual(liveness({ ...calm, awaited }), { status: 'degraded', reasons: awaited });
  });

  it('is ready with a model, and before any run has asked for one', () => {
    assert.deepEqual(readiness(fine), { status: 'ok' });
    assert.deepEqual(readiness({ ...fine, model: 'idle' }), { status: 'ok' });
  });

  for (const [facts, reason] of [
    [{ redisFault: 'no answer within 2 s' }, 'Redis: no answer within 2 s'],
    [{ model: 'loading' }, 'the model is being loaded'],
    [{ model: 'failed' }, 'the model could not be loaded'],
    [{ stopping: true, silentMs: 9e9 }, 'the worker is stopping and takes no new jobs'],
    [
      { silentMs: 61_000 },
      'silent queue: jobs have been waiting for 61 s and this idle worker took none',
    ],
  ] as const) {
    it(`is not ready when ${reason}`, () => {
      assert.deepEqual(readiness({ ...fine, ...facts }), { status: 'failing', reasons: [reason] });
    });
  }
});

describe('the watch for a silent queue', () => {
  let nowMs = 0;
  const make = (): SilentQueueWatch => {
    nowMs = 0;
    return new SilentQueueWatch(() => nowMs);
  };

  it('counts from the first look that saw jobs waiting for an idle worker', () => {
    const watch = make();
    assert.equal(watch.look(3), 0);
    nowMs = 45_000;
    assert.equal(watch.look(3), 45_000);
  });

  it('starts anew when the queue was empty in between', () => {
    const watch = make();
    watch.look(3);
    nowMs = 45_000;
    assert.equal(watch.look(0), 0);
    nowMs = 50_000;
    assert.equal(watch.look(1), 0);
  });

  it('never calls a busy worker silent', () => {
    const watch = make();
    watch.jobTaken();
    watch.look(500);
    nowMs = 600_000;
    assert.equal(watch.look(500), 0);
  });

  it('is content with a worker that took a job between two looks', () => {
    const watch = make();
    watch.look(500);
    nowMs = 50_000;
    watch.jobTaken();
    watch.jobSettled();
    nowMs = 90_000;
    assert.equal(watch.look(500), 0);
    nowMs = 100_000;
    assert.equal(watch.look(500), 10_000);
  });

  it('knows that a worker with one of two jobs left is not idle', () => {
    const watch = make();
    watch.jobTaken();
    watch.jobTaken();
    watch.jobSettled();
    assert.equal(watch.idle, false);
    watch.jobSettled();
    assert.equal(watch.idle, true);
  });
});

describe('the watch for answers', () => {
  it('measures from the oldest open question, and nothing when all are answered', async () => {
    let nowMs = 0;
    const watch = new AnswerWatch(() => nowMs);
    const first = latch<string>();
    const second = latch<string>();
    const answers = [watch.ask(() => first.promise)];
    nowMs = 1_000;
    answers.push(watch.ask(() => second.promise));
    nowMs = 5_000;
    assert.equal(watch.owedMs, 5_000);
    first.resolve('one');
    await answers[0];
    assert.equal(watch.owedMs, 4_000);
    second.resolve('two');
    assert.deepEqual(await Promise.all(answers), ['one', 'two']);
    assert.equal(watch.owedMs, 0);
  });

  it('takes a refusal as an answer', async () => {
    const watch = new AnswerWatch();
    await assert.rejects(
      watch.ask(() => Promise.reject(new Error('lost'))),
      /lost/,
    );
    assert.equal(watch.owedMs, 0);
  });
});
