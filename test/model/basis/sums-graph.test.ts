import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { covarianceOf } from '../../../src/model/basis/covariance.ts';
import { addActivationSums } from '../../../src/model/basis/sums-graph.ts';
import { leadingEigenvectors } from '../../../src/model/eigen-cam/leading-eigenvectors.ts';
import { GraphBuilder } from '../../../src/model/onnx/graph-builder.ts';
import { InferenceSession, Tensor } from '../../../src/model/runtime/onnxruntime.ts';
import { emptySums, withBatch } from '../../../src/shared/basis/activation-sums.ts';
import { type BasisImage, basisCases } from '../../support/basis-cases.ts';

const { dataset } = basisCases();
const channels = 6;
const cells = 30;

/** The images in one batch, each padded to as many cells. */
function batchOf(images: readonly BasisImage[]) {
  const activations = new Float32Array(images.length * channels * cells).fill(-50);
  const weights = new Float32Array(images.length * cells);
  images.forEach(({ values, mask }, image) => {
    const count = mask.filter((one) => one === 1).length;
    mask.forEach((one, cell) => {
      weights[image * cells + cell] = one / count;
      for (let channel = 0; channel < channels; channel++) {
        activations[(image * channels + channel) * cells + cell] = values[channel]![cell]!;
      }
    });
  });
  return { activations, weights };
}

async function sumsInGraph(opset: number) {
  const graph = new GraphBuilder(opset, 'test');
  const tensor = graph.input('layer', 'float32', ['batch', channels, 1, cells]);
  const layer = { name: 'layer', tensor, channels, gridHeight: 1, gridWidth: cells } as const;
  const names = addActivationSums(
    graph,
    { ...layer, elemType: 'float32' },
    { batch: 'batch', openGrids: false },
  );
  const session = await InferenceSession.create(graph.encode('standalone'));
  // The last one is a filler: nothing of it counts.
  const { activations, weights } = batchOf([...dataset.images, { values: [], mask: [] }]);
  const count = dataset.images.length + 1;
  const results = await session.run({
    [tensor]: new Tensor('float32', activations, [count, channels, 1, cells]),
    [names.weights]: new Tensor('float32', weights, [count, 1, cells]),
  });
  await session.release();
  const width = channels + 1;
  const floats = (name: string) => results[name]?.data as Float32Array;
  const scatter = floats(names.scatter);
  const means = floats(names.means).subarray(0, (count - 1) * width);
  const contents = dataset.images.map(({ mask }) => mask.filter((one) => one === 1).length);
  assert.deepEqual(results[names.scatter]?.dims, [width, width]);
  return withBatch(emptySums(width), { scatter, means, cells: contents });
}

describe('sums of activations in the graph', () => {
  it("leave it once a batch, and make numpy's principal components in every operator set", async () => {
    for (const opset of [9, 12, 13, 18]) {
      const { mean, matrix } = covarianceOf(await sumsInGraph(opset));
      const pairs = leadingEigenvectors(matrix, channels, channels);
      pairs.forEach(({ value }, i) => {
        const expected = dataset.eigenvalues[i]!;
        assert.ok(Math.abs(value / expected - 1) < 1e-5, `${opset}: ${value} for ${expected}`);
      });
      mean.forEach((value, i) => {
        assert.ok(Math.abs(value - dataset.mean[i]!) < 1e-5, `${opset}: ${value}`);
      });
    }
  });
});
