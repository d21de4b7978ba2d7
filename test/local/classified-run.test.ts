import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { openRun } from '../../src/index.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { collect } from '../support/collect.ts';
import { fixtureModel } from '../support/explainer.ts';
import { runHere } from '../support/run-here.ts';
import { tempDir } from '../support/temp-dir.ts';

it('a run of a classifier shows the images that it took for another class, and has them in its table of objects', async () => {
  const out = tempDir();
  const done = await runHere({
    ...{ model: fixtureModel('tiny-cls'), out, warn: () => {} },
    ...{ images: join(repositoryRoot, 'examples/blood-cells-classify/test') },
    ...{ device: 'cpu', threads: 1, overlays: 'none', maps: false },
  });
  assert.ok(done.status === 'done');
  const results = await openRun(done.out);
  const { classification } = (await results.evaluation()) ?? assert.fail();
  assert.ok(classification !== undefined);
  const objects = await collect(results.objects());
  const count = (outcome: string, id: number) =>
    objects.filter((one) => one.outcome === outcome && one.classId === id).length;
  for (const { classId, tp, fp, fn } of classification.classes) {
    const counted = ['tp', 'fp', 'fn'].map((outcome) => count(outcome, classId));
    assert.deepEqual(counted, [tp, fp, fn], `class ${classId}`);
  }
  const rows = new Map((await collect(results.rows())).map((row) => [row.key, row]));
  const wrong = objects.filter(({ outcome }) => outcome === 'fp');
  assert.ok(wrong.length > 0, 'the classifier of the tests is no good one');
  for (const { key, classId, otherClassId, score, box, trust } of wrong) {
    const { classScores, labels, geometry } = rows.get(key) ?? assert.fail(key);
    assert.deepEqual([classId, score], [classScores[0]?.classId, classScores[0]?.score]);
    assert.equal(otherClassId, labels?.objects[0]?.classId);
    assert.deepEqual(box, [0, 0, geometry?.width, geometry?.height]);
    assert.equal(trust, undefined, 'the whole image is no region to look at');
  }
  const page = await readFile(join(out, done.runId, 'report.html'), 'utf8');
  const section = /<section id="objects".*?<\/section>/s.exec(page)?.[0] ?? '';
  assert.match(section, /Images taken for another class/);
  assert.doesNotMatch(section, /crop shows an object|evidence not measured|not found/);
  for (const { classId, fp } of classification.classes) {
    assert.equal(section.includes(`id="objects-fp-${classId}"`), fp > 0, `class ${classId}`);
    if (fp > 0) assert.ok(page.includes(`href="#objects-fp-${classId}"`), 'the count leads there');
  }
});
