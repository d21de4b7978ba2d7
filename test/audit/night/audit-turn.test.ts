import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { takeTurn } from '../../../src/audit/night/audit-turn.ts';
import type { Night } from '../../../src/audit/night/night.ts';
import { listNights, writeNight } from '../../../src/audit/night/stored-nights.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { StorageUnavailableError } from '../../../src/shared/host/storage-unavailable.ts';
import { FakeNights } from '../../support/fake-nights.ts';
import { madeAudit } from '../../support/made-audit.ts';

const shown = (nights: readonly Night[]) =>
  nights.map(({ key, status, trigger, runId = '-' }) => `${key} ${status} ${trigger} ${runId}`);

describe('a turn of an audit', () => {
  it('does nothing before its time, and one whole night at it', async () => {
    const fake = new FakeNights(madeAudit());
    assert.deepEqual(await fake.at('2026-12-01T01:59:59Z').beat(), []);
    const nights = await fake.at('2026-12-01T02:00:00Z').beat();
    assert.deepEqual(shown(nights), ['2026-12-01 closed schedule run-a']);
    assert.equal(nights[0]?.dueAt, '2026-12-01T02:00:00.000Z');
    assert.equal(nights[0]?.verdict?.outcome, 'pass');
    const acts = ['plan run-a', 'begin run-a', 'check run-a', 'tell 2026-12-01 closed'];
    assert.deepEqual(fake.acts, acts);
    await fake.at('2026-12-01T23:00:00Z').beat();
    assert.deepEqual(fake.acts, acts);
  });

  it('writes a history entry of an unchanged dataset too', async () => {
    const fake = new FakeNights(madeAudit());
    await fake.at('2026-12-01T02:00:10Z').beat();
    const nights = await fake.at('2026-12-02T02:00:10Z').beat();
    assert.deepEqual(shown(nights), [
      '2026-12-01 closed schedule run-a',
      '2026-12-02 closed schedule run-a',
    ]);
  });

  it('goes on from wherever a coordinator was killed, and plans no other run', async () => {
    const kills = ['plan run-a', 'begin run-a', 'check run-a', 'tell 2026-12-01 closed'];
    for (const act of kills) {
      for (const when of ['before', 'after'] as const) {
        const fake = new FakeNights(madeAudit()).at('2026-12-01T02:00:10Z');
        const killed = new AbortController();
        const before = fake.home;
        fake.before = (now) => {
          if (now !== act) return;
          if (when === 'before') killed.abort();
          killed.signal.throwIfAborted();
          queueMicrotask(() => killed.abort());
        };
        await takeTurn({ audit: fake.audit }, fake.ports(killed.signal)).catch(() => {});
        fake.before = () => {};
        const nights = await fake.beat();
        assert.deepEqual(shown(nights), ['2026-12-01 closed schedule run-a'], `${when} ${act}`);
        assert.ok(nights[0]?.announced, `${when} ${act}`);
        assert.equal(fake.home, before);
      }
    }
  });

  it('waits for workers for days, restores the run at each beat, and never begins another one beside it', async () => {
    const fake = new FakeNights(madeAudit());
    fake.hasWorkers = false;
    await fake.at('2026-12-01T02:00:10Z').beat();
    fake.images = 'b';
    assert.deepEqual(shown(await fake.at('2026-12-02T02:00:10Z').beat()), [
      '2026-12-01 planned schedule run-a',
    ]);
    assert.deepEqual(shown(await fake.at('2026-12-03T08:00:00Z').beat()), [
      '2026-12-01 planned schedule run-a',
      '2026-12-02 missed schedule -',
    ]);
    assert.deepEqual(fake.acts, ['plan run-a', 'begin run-a', 'tend run-a', 'tend run-a']);
    fake.runs.set('run-a', 'closed');
    fake.hasWorkers = true;
    assert.deepEqual(shown(await fake.at('2026-12-03T09:00:00Z').beat()), [
      '2026-12-01 closed schedule run-a',
      '2026-12-02 missed schedule -',
      '2026-12-03 closed catch-up run-b',
    ]);
  });

  it('catches up each date by "all", one after the other, and none by "none"', async () => {
    const all = new FakeNights(madeAudit({ catchUp: 'all' }));
    await all.at('2026-12-01T02:00:10Z').beat();
    assert.deepEqual(shown(await all.at('2026-12-04T01:00:00Z').beat()).slice(1), [
      '2026-12-02 closed catch-up run-a',
      '2026-12-03 closed catch-up run-a',
    ]);
    const none = new FakeNights(madeAudit({ catchUp: 'none' }));
    await none.at('2026-12-01T02:00:10Z').beat();
    const nights = await none.at('2026-12-04T01:00:00Z').beat();
    assert.deepEqual(shown(nights).slice(1), [
      '2026-12-02 missed schedule -',
      '2026-12-03 missed schedule -',
    ]);
    assert.match(nights[1]?.reason ?? '', /catchUp: none/);
  });

  it('fails at once by what a person must change, says so, and has the next night as planned', async () => {
    const fake = new FakeNights(madeAudit());
    fake.before = (act) => {
      if (act.startsWith('plan')) throw new EigenfleetError('model', 'There is no model.');
    };
    const [night] = await fake.at('2026-12-01T02:00:10Z').beat();
    assert.equal(night?.status, 'failed');
    assert.deepEqual(night?.error, { code: 'model', sentence: 'There is no model.' });
    assert.deepEqual(fake.acts, ['tell 2026-12-01 failed']);
    fake.before = () => {};
    assert.equal((await fake.at('2026-12-02T02:00:10Z').beat())[1]?.status, 'closed');
  });

  it('waits for a storage that is away, and gives the night up when the next one is due', async () => {
    const fake = new FakeNights(madeAudit());
    fake.before = () => {
      throw new StorageUnavailableError('The bucket does not answer.');
    };
    const [waiting] = await fake.at('2026-12-01T02:00:10Z').beat();
    assert.deepEqual(
      [waiting?.status, waiting?.error],
      ['due', { code: 'storage', sentence: 'The bucket does not answer.' }],
    );
    await fake.at('2026-12-02T02:00:10Z').beat();
    fake.before = () => {};
    const nights = await fake.at('2026-12-02T02:00:40Z').beat();
    assert.deepEqual(shown(nights), [
      '2026-12-01 missed schedule -',
      '2026-12-02 closed schedule run-a',
    ]);
    assert.match(nights[0]?.reason ?? '', /not be planned .*: The bucket does not answer\./);
    assert.equal(nights[1]?.error, undefined);
  });

  it('begins nothing while the audit is paused, and finishes what is under way', async () => {
    const fake = new FakeNights(madeAudit());
    fake.hasWorkers = false;
    await fake.at('2026-12-01T02:00:10Z').beat();
    fake.runs.set('run-a', 'closed');
    const nights = await fake.at('2026-12-02T02:00:10Z').beat('2026-12-01T03:00:00Z');
    assert.deepEqual(shown(nights), ['2026-12-01 closed schedule run-a']);
  });

  it('fails a night whose run was cancelled', async () => {
    const fake = new FakeNights(madeAudit());
    fake.hasWorkers = false;
    await fake.at('2026-12-01T02:00:10Z').beat();
    fake.runs.set('run-a', 'cancelled');
    const [night] = await fake.beat();
    assert.deepEqual(
      [night?.status, night?.error?.sentence],
      ['failed', 'Run run-a was cancelled.'],
    );
  });

  it('leaves a night to whoever wrote its record meanwhile', async () => {
    const fake = new FakeNights(madeAudit()).at('2026-12-01T02:00:10Z');
    let other: Promise<void> | undefined;
    fake.before = (act) => {
      if (act !== 'plan run-a' || other !== undefined) return;
      other = listNights(fake.home, 'cells').then(([night]) =>
        writeNight(fake.home, { ...night!, coordinator: 'two' }),
      );
    };
    const ports = fake.ports();
    const { prepare } = ports;
    const step = await takeTurn(
      { audit: fake.audit },
      {
        ...ports,
        prepare: async (...args) => {
          const prepared = await prepare(...args);
          await other;
          return prepared;
        },
      },
    );
    assert.equal(step?.status, 'overtaken');
    assert.deepEqual(fake.acts, ['plan run-a']);
  });
});
