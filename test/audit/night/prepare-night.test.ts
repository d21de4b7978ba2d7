import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Audit } from '../../../src/audit/file/audit.ts';
import { advanceNight } from '../../../src/audit/night/advance-night.ts';
import type { Night } from '../../../src/audit/night/night.ts';
import { prepareNight } from '../../../src/audit/night/prepare-night.ts';
import { writeNight } from '../../../src/audit/night/stored-nights.ts';
import { AllowedPlaces } from '../../../src/shared/storage/allowed-places.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { openStore } from '../../../src/shared/storage/open-store.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { madeAudit } from '../../support/made-audit.ts';
import { tempDir } from '../../support/temp-dir.ts';

describe('the plan of a night', async () => {
  const folder = tempDir();
  const at = (name: string) => join(folder, name);
  for (const name of ['in', 'in/images', 'out', 'elsewhere']) await mkdir(at(name));
  await writeFile(at('in/images/a.jpg'), 'no image');
  await writeFile(at('elsewhere/b.jpg'), 'no image');
  await writeFile(at('in/list.txt'), `${at('elsewhere/b.jpg')}\n`);
  const model = join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx');
  const good = madeAudit({ images: at('in/images'), out: at('out'), model, labels: false });
  const allowed = [at('in'), model];

  function plan(more: Partial<Audit>, ins = allowed) {
    const { signal } = new AbortController();
    return prepareNight({ ...good, options: { imgsz: 64 }, ...more }, [], {
      ...{ storage: {}, signal, homeUri: folder, note: () => {}, warn: () => {} },
      places: { ins: new AllowedPlaces(ins), outs: new AllowedPlaces([at('out')]) },
      openStore: (uri) => openStore(uri),
      openSource: (uri) => openStore(uri),
    });
  }

  it('says what the run will be, and writes nothing', async () => {
    const { facts, planned } = await plan({});
    await planned.close();
    assert.equal(facts.model?.name, 'tiny-det-dynamic.onnx');
    assert.deepEqual(facts.images, {
      ...{ total: 1, explained: 1, carried: 0, removed: 0, relabeled: 0 },
    });
    for await (const { key } of openStore(at('out')).list('')) assert.fail(key);
  });

  const refused: readonly [string, Partial<Audit>, RegExp][] = [
    ['images', { images: at('elsewhere') }, /may not read the images at .*elsewhere.*--allow-in/],
    ['images that a list leads to', { images: at('in/list.txt') }, /may not read the images/],
    ['labels', { labels: at('elsewhere') }, /may not read the labels at .*elsewhere/],
    ['the baseline', { baseline: at('elsewhere/run') }, /may not read the baseline at/],
    ['the results', { out: at('elsewhere') }, /may not write results to .*elsewhere.*--allow-out/],
  ];
  for (const [what, more, message] of refused) {
    it(`is refused where ${what} of the audit are outside the allowed places`, async () => {
      await assert.rejects(plan(more), { code: 'storage', message });
    });
  }

  for (const [what, more, message] of [
    ['model', { model: at('in/none.onnx') }, /Check the audit's model\.$/],
    ['images', { images: at('in/none') }, /(Check|check) the audit's images|Did you mean/],
    ['labels', { labels: at('in/none') }, /Check the audit's labels\.$/],
  ] as const) {
    it(`names the key of the audit, and not a flag, where its ${what} are not there`, async () => {
      const home = new MemoryStore();
      const night: Night = {
        ...{ schema: 'night@1', audit: 'cells', key: '2026-12-01', trigger: 'schedule' },
        ...{ dueAt: '2026-12-01T02:00:00.000Z', status: 'due' },
      };
      await writeNight(home, night);
      const audit = { ...good, options: { imgsz: 64 }, ...more };
      const ports = { home, prepare: () => plan(more), clock: { now: () => new Date() } };
      const { signal } = new AbortController();
      const step = await advanceNight(audit, night, [], { ...ports, signal, worker: 'w' } as never);
      assert.equal(step.night.status, 'failed');
      assert.match(step.night.error?.sentence ?? '', message);
      assert.doesNotMatch(step.night.error?.sentence ?? '', /--/);
    });
  }

  it('makes two audits over the same images two runs', async () => {
    const [one, other] = [await plan({}), await plan({ name: 'others' })];
    assert.notEqual(one.facts.runId, other.facts.runId);
    for (const { planned } of [one, other]) await planned.close();
  });

  it('is refused where the model is outside them', async () => {
    await assert.rejects(plan({}, [at('in')]), { code: 'model', message: /--allow-in/ });
  });

  it('is refused for a rule on a figure that there is not, before anything is explained', async () => {
    const rules = { text: 'rules: [recal >= 0.5]', file: 'cells.yaml' };
    await assert.rejects(plan({ rules }), {
      code: 'usage',
      message: /Did you mean recall\?|recal/,
    });
  });
});
