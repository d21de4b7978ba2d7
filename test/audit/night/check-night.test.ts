import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Audit } from '../../../src/audit/file/audit.ts';
import { checkNight } from '../../../src/audit/night/check-night.ts';
import { newImages } from '../../../src/audit/night/new-images.ts';
import type { Night } from '../../../src/audit/night/night.ts';
import { verdictSchema } from '../../../src/report/summary/verdict-schema.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { AllowedPlaces } from '../../../src/shared/storage/allowed-places.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { madeAudit } from '../../support/made-audit.ts';
import type { MadeRowsOptions } from '../../support/made-run.ts';
import { storeChecked } from '../../support/stored-check.ts';

const store = new MemoryStore('results');
const everywhere = new AllowedPlaces(undefined);
const ports = {
  ...{ storage: {}, places: { ins: everywhere, outs: everywhere } },
  ...{ openStore: () => store, openSource: () => store },
};

/** Each picture is one of its own; those from `darkFrom` on are dark, and so drift. */
function rowsOf(images: number, darkFrom = images): MadeRowsOptions {
  return {
    images,
    measures: (index) => ({
      brightness: (index < darkFrom ? 0.4 : 0.1) + ((index * 37) % 101) / 1000,
      contrast: 0.2 + ((index * 53) % 97) / 1000,
      sharpness: 0.5,
      colorfulness: 0.3,
    }),
  };
}
await storeChecked(store, { runId: 'night-one', rows: rowsOf(100) });
await storeChecked(store, { runId: 'night-two', rows: rowsOf(120) });
await storeChecked(store, { runId: 'night-dark', rows: rowsOf(140, 120) });
await storeChecked(store, { runId: 'night-after', rows: rowsOf(160, 120) });
await storeChecked(store, { runId: 'night-few', rows: rowsOf(102) });

function night(runId: string, day: number, verdict?: 'pass' | 'fail'): Night & NightOf {
  const date = `2026-12-0${day}`;
  const said = verdict && { outcome: verdict, sentence: '', failed: [], unknown: [] };
  return {
    ...{ schema: 'night@1', audit: 'cells', key: date, date, dueAt: `${date}T02:00:00.000Z` },
    ...{ trigger: 'schedule', status: verdict === undefined ? 'planned' : 'closed' },
    ...{ runId, out: 'memory:results', ...(said && { verdict: said }) },
  };
}
interface NightOf {
  readonly runId: string;
  readonly out: string;
}

const rules = { text: 'rules:\n - failed <= 0\n - drift of inputs: none\n', file: 'cells.yaml' };
const audit: Audit = madeAudit({ baseline: 'previous', rules, out: 'memory:results' });

const check = (runId: string, day: number, earlier: readonly Night[], of = audit) =>
  checkNight(of, night(runId, day), earlier, ports);

describe('the verdict of a night', () => {
  it('leaves out what compares until a night has passed, which the next ones are compared with', async () => {
    const first = await check('night-one', 1, []);
    assert.deepEqual(
      [first.verdict?.outcome, first.baseline, first.verdict?.sentence],
      [
        'pass',
        undefined,
        'The one rule holds. 1 rule that compares with a night that passed must wait for one.',
      ],
    );
    const drift = { text: 'rules:\n - drift: none\n', file: 'cells.yaml' };
    const only = await check('night-one', 1, [], madeAudit({ ...audit, rules: drift }));
    assert.match(only.verdict?.sentence ?? '', /^It is the first night, and what the next/);
    assert.equal(only.verdict?.outcome, 'pass');
  });

  it('tests what is new tonight against the last night that passed, and is published beside the run', async () => {
    const earlier = [night('night-one', 1, 'pass')];
    const calm = await check('night-two', 2, earlier);
    assert.deepEqual([calm.verdict?.outcome, calm.baseline], ['pass', 'night-one']);
    assert.equal(calm.figures?.drift, 0);
    const key = objectKeys.verdict('night-two');
    const stored = verdictSchema.parse(JSON.parse(new TextDecoder().decode(await store.get(key))));
    assert.match(stored.rules[1]?.sentence ?? '', /^No drift in \d+ measures over 20 new images/);
    const dark = await check('night-dark', 3, [...earlier, night('night-two', 2, 'pass')]);
    const { sentence = '', ...verdict } = dark.verdict ?? {};
    assert.deepEqual(verdict, { outcome: 'fail', failed: ['drift of inputs: none'], unknown: [] });
    assert.match(
      sentence,
      /^1 of 2 rules failed: drift of inputs: none\. Drift in 1 of \d+ measures: images are darker: brightness 0\.4\d* -> 0\.1\d*\.$/,
    );
  });

  it('does not fail again by the images of the night before, nor take that for its baseline', async () => {
    const earlier = [night('night-two', 2, 'pass'), night('night-dark', 3, 'fail')];
    const after = await check('night-after', 4, earlier);
    assert.deepEqual([after.baseline, after.verdict?.outcome], ['night-two', 'fail']);
    const same = await check('night-dark', 4, earlier);
    assert.deepEqual([same.baseline, same.verdict?.outcome], ['night-two', 'pass']);
  });

  it('cannot be told from a few new images, and says so', async () => {
    const few = await check('night-few', 2, [night('night-one', 1, 'pass')]);
    assert.deepEqual(few.verdict?.unknown, ['drift of inputs: none']);
    assert.deepEqual([few.verdict?.outcome, few.figures?.drift], ['unknown', null]);
  });

  it('is none without rules, and has its figures and its report', async () => {
    const { rules: _, ...without } = audit;
    const { verdict, figures, report, error } = await check('night-one', 1, [], without);
    assert.deepEqual([verdict, error], [undefined, undefined]);
    assert.deepEqual([figures?.images, figures?.failed], [100, 0]);
    assert.match(report ?? '', /night-one\/report\.html$/);
  });
});

describe('the images that are new in a run', () => {
  const at = (runId: string) => ({ store, runId });

  it('are those with a key that the earlier one does not have, and none of the same run', async () => {
    const found = await newImages(at('night-two'), at('night-one'));
    assert.equal(found.count, 20);
    assert.ok(found.has('image-00119.jpg') && !found.has('image-00099.jpg'));
    assert.equal((await newImages(at('night-one'), at('night-two'))).count, 0);
    assert.equal((await newImages(at('night-one'), at('night-one'))).count, 0);
  });

  it('are a fair part of a great many, the same each time', async () => {
    const keys = Array.from({ length: 160 }, (_, n) => `image-${String(n).padStart(5, '0')}.jpg`);
    const kept = async () => {
      const found = await newImages(at('night-after'), at('night-one'), 10);
      return { count: found.count, keys: keys.filter((key) => found.has(key)) };
    };
    const first = await kept();
    assert.deepEqual([first.count, first.keys.length], [60, 10]);
    assert.deepEqual(await kept(), first);
  });
});
