import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { evaluationIdOf, evaluationSetup } from '../../../src/evaluate/merge/evaluation-setup.ts';
import { openImageSource } from '../../../src/producer/dataset/image-source.ts';
import { listDataset } from '../../../src/producer/plan/listed-dataset.ts';
import { planLabels } from '../../../src/producer/plan/plan-labels.ts';
import type { Task } from '../../../src/shared/run/task-traits.ts';
import { madeSpec } from '../../support/made-run.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** The labels of a dataset as they are planned for a model with two keypoints. `source`: below the dataset's folder. */
async function planned(
  yaml: string,
  { task = 'pose' as Task, source = 'data.yaml', shape = [2, 3] } = {},
) {
  const folder = tempDir();
  const files = {
    'data.yaml': `val: images\nnames: [cell]\nkpt_shape: [${shape}]\n${yaml}`,
    'images/a.jpg': '',
    'labels/a.txt': '0 0.5 0.5 0.2 0.2 0.4 0.5 2 0.6 0.5 2\n',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const images = await openImageSource({ source: join(folder, source), storage: {} });
  const dataset = await listDataset(images.pages());
  const warnings: string[] = [];
  const labels = await planLabels({
    ...{ source: images, dataset, said: undefined, storage: {}, keypointShape: [2, 3] },
    model: { task, classNames: ['cell'] },
    note: () => {},
    warn: (line) => warnings.push(line),
  });
  await labels?.close();
  await dataset.close();
  return { spec: labels?.spec, warnings };
}

describe('kpt_oks_sigmas of a data.yaml', () => {
  it('come with the labels of a pose model, flat, whether the file or its folder was given', async () => {
    for (const source of ['data.yaml', 'images']) {
      const { spec, warnings } = await planned('kpt_oks_sigmas: [[0.05], [0.2]]', { source });
      assert.deepEqual(spec?.keypointSigmas, [0.05, 0.2], source);
      assert.deepEqual(warnings, []);
    }
  });

  it('are of no use to a model without keypoints', async () => {
    const { spec, warnings } = await planned('kpt_oks_sigmas: [0.05]', { task: 'detect' });
    assert.equal(spec?.keypointSigmas, undefined);
    assert.deepEqual(warnings, []);
  });

  it('are not used, and named, where they are not one positive number for each keypoint', async () => {
    for (const sigmas of ['0.05', '0.05, 0.1, 0.2', '0.05, 0', '0.05, .inf']) {
      const { spec, warnings } = await planned(`kpt_oks_sigmas: [${sigmas}]`);
      assert.equal(spec?.keypointSigmas, undefined, sigmas);
      assert.match(warnings.join(), /^kpt_oks_sigmas .* should be 2 positive numbers/, sigmas);
    }
  });

  it('are even where none are given and 17 points have no visibility: as val has it, and not those of COCO', async () => {
    const { spec } = await planned('', { shape: [17, 2] });
    assert.deepEqual(spec?.keypointSigmas, new Array(17).fill(1 / 17));
    const { spec: coco } = await planned('', { shape: [17, 3] });
    assert.equal(coco?.keypointSigmas, undefined);
  });

  it('are even too where such a run was planned before its list of labels said so', () => {
    const { model, ...spec } = madeSpec();
    const labels = { kind: 'yolo', rootUri: 'file:///labels', images: 1, digest: '' } as const;
    const of = (task: 'pose' | 'detect', shape: [number, number]) =>
      evaluationSetup({
        ...spec,
        model: { ...model, task },
        labels: { ...labels, keypointShape: shape },
      }).rules.keypointSigmas;
    assert.deepEqual(of('pose', [17, 2]), new Array(17).fill(1 / 17));
    assert.deepEqual([of('pose', [17, 3]), of('detect', [17, 2])], [undefined, undefined]);
  });

  it('are among the rules of the evaluation and in its id, which stays as it was without them', async () => {
    const { spec: labels } = await planned('kpt_oks_sigmas: [0.05, 0.2]');
    const bare = evaluationSetup(madeSpec());
    const own = evaluationSetup({ ...madeSpec(), labels });
    assert.deepEqual(own.rules, { ...bare.rules, keypointSigmas: [0.05, 0.2] });
    const ids = [own, bare].map((setup) => evaluationIdOf('run', setup, 'labels'));
    assert.notEqual(ids[0], ids[1]);
    assert.equal(ids[1], 'ffc636aa7e97f400');
  });
});
