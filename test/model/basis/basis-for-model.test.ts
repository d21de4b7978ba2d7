import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertBasisOptions, basisForModel } from '../../../src/model/basis/basis-for-model.ts';
import { mergeBases } from '../../../src/model/basis/fit-basis.ts';
import { fittedCase } from '../../support/basis-cases.ts';

const fitted = fittedCase();
const { description } = fitted;
const model = {
  name: 'final.onnx',
  weightsSha256: description.model.weightsSha256,
  input: description.input,
  layers: [{ name: 'model.15', channels: 6 }],
};

describe('a basis', () => {
  it('belongs to its weights, also in a file of another size', () => {
    const larger = { ...model, input: { ...model.input, height: 640, width: 640 } };
    assert.deepEqual(basisForModel(fitted, larger, 'b').description, description);
  });

  it('is refused for other weights, in words that say why and what to do', () => {
    const other = { ...model, weightsSha256: 'c'.repeat(64) };
    assert.throws(() => basisForModel(fitted, other, 'blood.safetensors'), {
      code: 'usage',
      message:
        /^The basis blood\.safetensors was fitted with other weights \(best\.onnx\) than those of final\.onnx, .*turn by 22 to 50 degrees\. Fit one with this model: eigenfleet basis fit --model final\.onnx/,
    });
  });

  it('is refused for other layers, channels and preprocessing', () => {
    const cases = [
      [
        { layers: [{ name: 'model.18', channels: 6 }] },
        /no components of layer model\.18, only of model\.15/,
      ],
      [{ layers: [{ name: 'model.15', channels: 7 }] }, /no components of layer model\.15/],
      [
        { input: { ...model.input, channelOrder: 'bgr' } },
        /another preprocessing .*rgb, here .*bgr/,
      ],
      [{ input: { ...model.input, scale: 1 } }, /another preprocessing/],
    ] as const;
    for (const [change, message] of cases) {
      assert.throws(() => basisForModel(fitted, { ...model, ...change }, 'b'), {
        code: 'usage',
        message,
      });
    }
  });

  it('decides sign and padding, and has only its components', () => {
    const usual = { components: [1, 2], padding: 'exclude', sign: 'l2' } as const;
    const check = (change: object) => () =>
      assertBasisOptions({ ...usual, components: [1, 2], ...change }, description);
    assert.doesNotThrow(check({}));
    assert.throws(check({ padding: 'include' }), /contradicts --padding include/);
    assert.throws(check({ sign: 'none' }), /contradicts --sign none/);
    assert.throws(check({ components: [3] }), /Component 3 is not in the basis, which has 2/);
  });

  it('is merged with those of the same model only', () => {
    const twice = mergeBases([fitted, fitted], 2);
    assert.equal(twice.description.dataset.images, 10);
    assert.ok(
      Math.abs(
        twice.description.layers[0]!.totalVariance / description.layers[0]!.totalVariance - 1,
      ) < 1e-12,
    );
    const others = { ...description.model, weightsSha256: 'c'.repeat(64) };
    const other = { ...fitted, description: { ...description, model: others } };
    assert.throws(() => mergeBases([fitted, other], 2), /models with other weights/);
  });
});
