import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { evidencePlanOf, evidenceWarning } from '../../../src/model/evidence/evidence-plan.ts';
import { loadModel } from '../../../src/model/yolo/load-model.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { fixtureModel, trainedModel } from '../../support/explainer.ts';

const load = (path: string) => loadModel(join(repositoryRoot, path));

it('finds the scores of every class in answers, before suppression, and end to end', async () => {
  for (const name of ['tiny-det', 'tiny-det-nms', 'zoo-26-seg-end2end', 'zoo-26-obb-nms']) {
    const { evidence, model } = await load(fixtureModel(name));
    assert.ok(evidence.status === 'found' && evidence.source.kind === 'scores', name);
    assert.equal(evidence.source.classes, model.classNames.length);
    const strides = evidence.source.levels.map((level) => model.inputHeight / level.gridHeight);
    assert.deepEqual(strides, [8, 16, 32]);
  }
});

it('says why a transformer has none, and warns only where a class was asked for', async () => {
  const loaded = await load(fixtureModel('tiny-rtdetr'));
  assert.equal(loaded.evidence.status, 'absent');
  assert.equal(evidencePlanOf(loaded, { classes: ['found'] }), undefined);
  assert.equal(evidenceWarning(loaded, { classes: ['found'] }), undefined);
  assert.match(evidenceWarning(loaded, { classes: ['all'] }) ?? '', /queries belong to no cells/);
});

it('takes classes by name, in any case, or by number, and names the near one of a typo', async () => {
  const loaded = await load(trainedModel);
  const idsOf = (...classes: string[]) => evidencePlanOf(loaded, { classes })?.classIds;
  assert.deepEqual(idsOf('wbc', 'RBC', '1', 'Platelets'), [1, 0, 2]);
  assert.equal(idsOf('all'), undefined);
  assert.equal(evidencePlanOf(loaded, { classes: ['none'] }), undefined);
  assert.throws(
    () => idsOf('Platelet'),
    (error) => error instanceof EigenfleetError && /Did you mean Platelets\?/.test(error.message),
  );
});
