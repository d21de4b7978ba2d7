import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { contentMask } from '../../src/maps/content-mask.ts';
import { GraphBuilder } from '../../src/model/onnx/graph-builder.ts';
import { InferenceSession, Tensor } from '../../src/model/runtime/onnxruntime.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { correlation, type Explainer, openExplainer, trainedModel } from '../support/explainer.ts';
import { prepareImage } from '../support/prepare-image.ts';

const images = ['BloodImage_00016.jpg', 'BloodImage_00041.jpg', 'BloodImage_00098.jpg'];
/** |correlation| that components 1, 2, 3 must reach. */
const required = [1 - 1e-6, 0.9999, 0.9999];

/** Raw activations [C, N] of each layer, from a session of the unchanged model with the layers as outputs. */
async function rawActivations({ layers }: Explainer, pixels: Uint8Array): Promise<Matrix[]> {
  const outputs = new GraphBuilder(18, 'test');
  for (const { tensor } of layers) outputs.output(tensor);
  const model = readFileSync(join(repositoryRoot, trainedModel));
  const session = await InferenceSession.create(Buffer.concat([model, outputs.encode()]));
  const floats = Float32Array.from(pixels, (value) => value / 255);
  const results = await session.run({ images: new Tensor('float32', floats, [1, 3, 320, 320]) });
  await session.release();
  return layers.map(({ tensor, channels, gridHeight, gridWidth }) => {
    const data = Array.from(results[tensor]?.data as Float32Array);
    return Matrix.from1DArray(channels, gridHeight * gridWidth, data);
  });
}

/** Float64 eigenvectors of the covariance over the cells of the mask: projections, best first, and their shares of variance. */
function maskedComponents(activations: Matrix, mask: Float32Array) {
  const count = mask.reduce((sum, value) => sum + value, 0);
  const weights = Matrix.columnVector(Array.from(mask));
  const mean = activations.mmul(weights).div(count);
  const centered = activations.clone().subColumnVector(mean).mulRowVector(weights.to1DArray());
  const gram = centered.mmul(centered.transpose());
  const decomposed = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const order = decomposed.realEigenvalues
    .map((_, index) => index)
    .sort((a, b) => decomposed.realEigenvalues[b]! - decomposed.realEigenvalues[a]!);
  return [0, 1, 2].map((rank) => {
    const vector = decomposed.eigenvectorMatrix.getColumnVector(order[rank]!);
    return {
      map: vector.transpose().mmul(centered).to1DArray(),
      variance: decomposed.realEigenvalues[order[rank]!]! / gram.trace(),
    };
  });
}

describe('components of images with padding', () => {
  it('match a float64 decomposition over the content cells alone', async () => {
    const explainer = await openExplainer(trainedModel, { components: [1, 2, 3] });
    const first = await openExplainer(trainedModel, { components: [1] });
    for (const image of images) {
      const file = join(repositoryRoot, 'examples/blood-cells/images/test', image);
      const { pixels, geometry } = await prepareImage(file, explainer.model);
      const masks = explainer.layers.map(({ gridWidth, gridHeight }) =>
        contentMask(geometry, gridWidth, gridHeight),
      );
      assert.ok(masks.every((mask) => mask.includes(0) && mask.includes(1)));
      const activations = await rawActivations(explainer, pixels);
      const exact = activations.map((layer, index) => maskedComponents(layer, masks[index]!));
      for (const each of [explainer, first]) {
        const [answer] = await each.explain(pixels, masks);
        each.layers.forEach(({ name }, index) => {
          const expected = exact[index]!;
          const maps = answer?.maps[index];
          assert.equal(maps?.status, 'explained');
          maps.components.forEach((component, rank) => {
            assert.equal(component.status, 'found');
            const r = Math.abs(correlation(component.map, expected[rank]!.map, masks[index]));
            assert.ok(r >= required[rank]!, `${image} ${name} component ${rank + 1}: ${r}`);
            const away = Math.abs(component.explainedVariance - expected[rank]!.variance);
            assert.ok(away < 1e-5, `${image} ${name} component ${rank + 1}: variance ${away} away`);
          });
        });
      }
    }
    await explainer.session.release();
    await first.session.release();
  });
});
