import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { openModel, openRun } from '../../../src/index.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { trainedModel } from '../../support/explainer.ts';
import { runHere } from '../../support/run-here.ts';
import { tempDir } from '../../support/temp-dir.ts';

const model = join(repositoryRoot, trainedModel);
const images = join(repositoryRoot, 'examples/blood-cells/images/test');

it('a run stores the evidence of the classes that an image has or is labeled with, and the maps of its boxes, and reads them back to half a step of a byte', async () => {
  const out = tempDir();
  await runHere({ model, images, limit: 2, out, device: 'cpu', overlays: 'none' });
  const finished = await openRun(out);
  const opened = await openModel(model, { device: 'cpu' });
  try {
    for await (const row of finished.rows()) {
      const stored = (await finished.evidence(row)) ?? [];
      const explained = await opened.explain(join(images, row.key));
      assert.ok(explained.status === 'success' && explained.evidence !== undefined);
      const objects = [...row.detections, ...(row.labels?.objects ?? [])];
      const found = new Set(objects.map(({ classId }) => classId));
      assert.deepEqual(
        stored.map(({ classId }) => classId),
        [...found].sort(),
      );
      for (const { map, high, className, ...figures } of stored) {
        const exact: (typeof stored)[number] =
          explained.evidence.find(({ classId }) => classId === figures.classId) ??
          assert.fail(`no evidence of ${className}`);
        assert.equal(className, exact.className);
        assert.deepEqual(figures.inObjects, exact.inObjects);
        const step = high / 255;
        assert.ok(map.every((value, cell) => Math.abs(value - exact.map[cell]!) <= 0.501 * step));
      }
      const boxMaps = (await finished.boxMaps(row)) ?? [];
      assert.equal(boxMaps.length, 8);
      for (const [index, { map, ...figures }] of boxMaps.entries()) {
        const { map: exact, ...same } = explained.boxMaps?.[index] ?? assert.fail('no box map');
        assert.deepEqual(figures, same);
        const step = 1 / (row.boxMaps?.[index]?.steps ?? 0);
        assert.ok(map.every((value, cell) => Math.abs(value - exact[cell]!) <= 0.501 * step));
      }
    }
  } finally {
    await opened.close();
  }
  const { classes } = await finished.summary();
  const lifts = classes.map(({ name, evidence }) => [name, evidence?.lift.mean ?? 0] as const);
  const [red, white] = ['RBC', 'WBC'].map((one) => lifts.find(([name]) => name === one)?.[1] ?? 0);
  assert.ok(red! > 1.2 && white! > 2 * red!, `${red} and ${white}`);
});
