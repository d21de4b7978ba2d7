import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { projectedComponents } from '../../../src/model/basis/projected-components.ts';
import { addBasisProjection } from '../../../src/model/basis/projection-graph.ts';
import { GraphBuilder } from '../../../src/model/onnx/graph-builder.ts';
import { InferenceSession, Tensor } from '../../../src/model/runtime/onnxruntime.ts';
import { basisCases } from '../../support/basis-cases.ts';

const { dataset } = basisCases();
const channels = 6;
const kept = 3;
const basis = {
  channels,
  mean: Float64Array.from(dataset.mean),
  vectors: Float64Array.from(dataset.vectors.slice(0, kept).flat()),
};

/** The second image of the case, whose last cells are padding. */
async function project(components: readonly number[], opset: number) {
  const { values, mask } = dataset.images[1]!;
  const cells = mask.length;
  const graph = new GraphBuilder(opset, 'test');
  const tensor = graph.input('layer', 'float32', [1, channels, 1, cells]);
  const layer = { name: 'layer', tensor, channels, gridHeight: 1, gridWidth: cells } as const;
  const { tensors } = addBasisProjection(
    graph,
    { ...layer, elemType: 'float32' },
    { basis, components, batch: 1, openGrids: false },
  );
  const session = await InferenceSession.create(graph.encode('standalone'));
  const content = mask.filter((one) => one === 1).length;
  const weights = Float32Array.from(mask, (one) => one / content);
  const results = await session.run({
    [tensor]: new Tensor('float32', Float32Array.from(values.flat()), [1, channels, 1, cells]),
    [tensors.weights]: new Tensor('float32', weights, [1, 1, cells]),
  });
  await session.release();
  const floats = (name = '') => results[name]?.data as Float32Array;
  return projectedComponents({
    projections: floats(tensors.projections),
    energies: floats(tensors.energies),
    trace: floats(tensors.trace)[0]!,
    energy: floats(tensors.energy),
    mask: Float32Array.from(mask),
    components,
  });
}

describe("an image on a dataset's components", () => {
  it("has numpy's projections with their signs, whichever components are wanted", async () => {
    for (const opset of [9, 13, 18]) {
      const { found, offBasis } = await project([3, 1], opset);
      assert.ok(found.status === 'explained');
      assert.ok(Math.abs(offBasis! - dataset.outside) < 1e-6, `${offBasis}`);
      found.components.forEach((component, i) => {
        assert.ok(component.status === 'found');
        const expected = dataset.maps[[2, 0][i]!]!;
        const scale = Math.max(...expected.map(Math.abs));
        component.map.forEach((value, cell) => {
          // Padding is 0.
          const wanted = expected[cell] ?? 0;
          assert.ok(Math.abs(value - wanted) < 1e-5 * scale, `${opset}: ${value} for ${wanted}`);
        });
      });
    }
  });
});

describe('a layer that shows nothing', () => {
  const inputs = {
    projections: new Float32Array(4),
    energies: new Float32Array(kept),
    trace: 0,
    energy: new Float32Array(4),
    mask: Float32Array.of(1, 1, 1, 0),
    components: [1],
  };

  it('says why, and has no share off the basis', () => {
    assert.deepEqual(projectedComponents(inputs), {
      found: { status: 'degenerate', reason: 'all activations are zero' },
    });
    const infinite = { ...inputs, energy: Float32Array.of(1, Infinity, 1, 0) };
    assert.match(JSON.stringify(projectedComponents(infinite)), /infinite, or too large/);
    const spoilt = { ...inputs, energy: Float32Array.of(1, NaN, 1, 0) };
    assert.match(JSON.stringify(projectedComponents(spoilt)), /not finite numbers/);
  });
});
