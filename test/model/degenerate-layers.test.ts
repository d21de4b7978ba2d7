import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type PrincipalComponents,
  principalComponents,
} from '../../src/model/eigen-cam/principal-components.ts';
import { createExplainSession } from '../../src/model/session/explain-session.ts';
import { imageOutputs } from '../../src/model/session/image-outputs.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type ToyOptions, toyModel } from '../support/toy-model.ts';

const grid = { gridHeight: 4, gridWidth: 4 };
const cells = 16;
const allContent = new Float32Array(cells).fill(1);

/** Components of a 3-channel layer that holds `pixels` / 255. */
async function explainToy(
  pixels: Uint8Array,
  mask: Float32Array,
  options: { components?: readonly number[]; opType?: ToyOptions['opType'] } = {},
): Promise<PrincipalComponents> {
  const { components = [1], opType = 'Relu' } = options;
  const augmented = toyModel({ ...grid, components: Math.max(...components), opType });
  const session = await createExplainSession({ augmented, device: 'cpu', threads: 1 });
  const outputs = await session.run({ pixels, masks: [mask] });
  await session.release();
  const [layer] = imageOutputs(outputs, 0).layers;
  const { width, side } = augmented.layers[0] ?? assert.fail('one layer');
  return principalComponents({ ...layer!, width, side, cells, mask, components });
}

function noise(): Uint8Array {
  const random = seededRandom(7);
  return Uint8Array.from({ length: 3 * cells }, () => Math.floor(random() * 256));
}

function contentOf(count: number): Float32Array {
  return Float32Array.from({ length: cells }, (_, cell) => (cell < count ? 1 : 0));
}

describe('layers that show nothing', () => {
  it('says that constant activations are the same everywhere', async () => {
    const pixels = Uint8Array.from({ length: 3 * cells }, (_, i) => 50 + Math.floor(i / cells));
    const answer = await explainToy(pixels, allContent);
    assert.deepEqual(answer, {
      status: 'degenerate',
      reason: 'the activations are the same everywhere',
    });
  });

  it('says that all activations are zero', async () => {
    const answer = await explainToy(new Uint8Array(3 * cells), allContent);
    assert.deepEqual(answer, { status: 'degenerate', reason: 'all activations are zero' });
  });

  it('says that activations are not finite', async () => {
    const answer = await explainToy(new Uint8Array(3 * cells), allContent, { opType: 'Log' });
    assert.deepEqual(answer, {
      status: 'degenerate',
      reason: 'the activations are not finite numbers',
    });
  });

  it('says that no cell lies on the image', async () => {
    const answer = await explainToy(noise(), contentOf(0));
    assert.deepEqual(answer, {
      status: 'degenerate',
      reason: 'no cell of the layer lies on the image',
    });
  });

  it('says that the image covers one cell only', async () => {
    const answer = await explainToy(noise(), contentOf(1));
    assert.deepEqual(answer, {
      status: 'degenerate',
      reason: 'the image covers one cell of the layer only',
    });
  });
});

describe('layers of low rank', () => {
  it('give what components they have and say which lie beyond', async () => {
    const gray = noise().subarray(0, cells);
    const pixels = Uint8Array.from([...gray, ...gray, ...gray]);
    const answer = await explainToy(pixels, allContent, { components: [1, 2] });
    assert.equal(answer.status, 'explained');
    const [first, second] = answer.components;
    assert.equal(first?.status, 'found');
    assert.ok(first.explainedVariance > 0.999999);
    assert.deepEqual(second, { status: 'beyond-rank', component: 2, rank: 1 });
  });

  it('have one component less than content cells', async () => {
    const answer = await explainToy(noise(), contentOf(2), { components: [1, 2] });
    assert.equal(answer.status, 'explained');
    const [first, second] = answer.components;
    assert.equal(first?.status, 'found');
    assert.deepEqual(second, { status: 'beyond-rank', component: 2, rank: 1 });
    assert.ok(
      first.map.subarray(2).every((value) => value === 0),
      'padding holds no value',
    );
    const [a = 0, b = 0] = first.map;
    assert.ok(Math.abs(a + b) < 1e-6 * Math.abs(a), 'two centered cells mirror each other');
  });

  it('never put a value on padding', async () => {
    const answer = await explainToy(noise(), contentOf(9), { components: [1, 2, 3] });
    assert.equal(answer.status, 'explained');
    for (const component of answer.components) {
      assert.equal(component.status, 'found');
      assert.ok(component.map.subarray(9).every((value) => value === 0));
      assert.ok(component.map.subarray(0, 9).some((value) => value !== 0));
    }
  });
});
