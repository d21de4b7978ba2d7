import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadModel } from '../../../src/model/yolo/load-model.ts';
import { Explainer } from '../../../src/worker/explain/explainer.ts';
import { StageTimer } from '../../../src/worker/explain/stage-timer.ts';
import type { Inference } from '../../../src/worker/inference/inference.ts';
import { startRuntimeInference } from '../../../src/worker/inference/runtime-inference.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { tinyModel } from '../../support/fleet.ts';
import { tinySpec } from '../../support/tiny-spec.ts';

const photo = await readFile(
  join(repositoryRoot, 'examples/blood-cells/images/test/BloodImage_00007.jpg'),
);
const spec = await tinySpec('');
/** More than float32 can tell apart. */
const options = { ...spec.options, components: [1, 12, 26] };
const device = await startRuntimeInference({
  loaded: await loadModel(tinyModel),
  ...{ options, device: 'cpu', threads: 1, images: 1 },
});
after(() => device.close());

async function explained(changes: Partial<Inference>) {
  const inference = { ...device, ...changes, close: async () => {} };
  const explainer = new Explainer(inference, { ...spec, options }, 1);
  const sample = await explainer.explain(photo, new StageTimer());
  await explainer.close();
  assert.equal(sample.status, 'success');
  return sample;
}

describe('an image whose components float32 does not settle', () => {
  it('has them computed again from the activations, every one of them to the last digits', async () => {
    let asked: readonly number[] = [];
    const { layers, flags } = await explained({
      activations: (input, wanted) => {
        asked = wanted;
        return device.activations(input, wanted);
      },
    });
    assert.ok(asked.length > 0);
    for (const index of asked) {
      const { residual, explainedVariance } = layers[index]!;
      const numbers = [...residual, ...explainedVariance].filter((value) => !Number.isNaN(value));
      assert.ok(Math.max(...residual.filter((value) => !Number.isNaN(value))) < 1e-6);
      assert.ok(numbers.length >= 4);
    }
    assert.ok(!flags.includes('not-converged'));
  });

  it('keeps what the graph found, and is flagged, where the model cannot run again', async () => {
    const { layers, flags } = await explained({
      activations: () => Promise.reject(new Error('out of memory')),
    });
    assert.ok(layers.every(({ residual }) => residual[0]! < 1e-2));
    assert.ok(flags.includes('not-converged'));
  });
});
