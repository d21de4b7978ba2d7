import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ModelProto } from 'onnx-buf';
import { repositoryRoot } from '../support/cache-folder.ts';
import { runCli } from '../support/cli.ts';
import { editModel, modelFixture } from '../support/onnx-fixture.ts';
import { tempDir } from '../support/temp-dir.ts';

const images = tempDir();
await writeFile(
  join(images, 'a.jpg'),
  await readFile(join(repositoryRoot, 'examples/blood-cells/images/test/BloodImage_00007.jpg')),
);

type Damage = (model: ModelProto) => void;

const damages: readonly (readonly [string, RegExp, Damage])[] = [
  ['a newer ONNX', /of ONNX IR version 99/, (model) => Object.assign(model, { irVersion: 99n })],
  [
    'an unknown operator',
    /uses the operator Nope, which is unknown/,
    ({ graph }) => Object.assign(graph!.node[3]!, { opType: 'Nope' }),
  ],
  [
    'weights of another size',
    /do not hold as many bytes as their shape says/,
    ({ graph }) => Object.assign(graph!.initializer[0]!, { dims: [3n, 3n] }),
  ],
  [
    'a node that fails on every image',
    /The model fails on every image: it needs more memory/,
    ({ graph }) => {
      const [first] = graph!.node;
      const shape = graph!.initializer[0]!;
      graph!.initializer.push({
        ...shape,
        ...{ name: 'bomb_shape', dims: [4n], dataType: 7 },
        rawData: new Uint8Array(BigInt64Array.of(1n, 32_768n, 32_768n, 64n).buffer),
      });
      graph!.node.unshift({
        ...first!,
        ...{ name: '/bomb', opType: 'ConstantOfShape', attribute: [] },
        ...{ input: ['bomb_shape'], output: ['bomb'] },
      });
      // What nobody reads would be cut: the image goes through it.
      const image = first!.input[0]!;
      first!.input[0] = 'image_and_bomb';
      graph!.node.splice(
        1,
        0,
        {
          ...{ ...first!, name: '/bomb_max', opType: 'ReduceMax', attribute: [] },
          ...{ input: ['bomb'], output: ['bomb_max'] },
        },
        {
          ...{ ...first!, name: '/bomb_add', opType: 'Add', attribute: [] },
          ...{ input: [image, 'bomb_max'], output: ['image_and_bomb'] },
        },
      );
    },
  ],
  [
    'an impossible number of classes',
    /1099511627772 classes, over the limit of/,
    ({ graph }) => {
      const type = graph!.output[0]!.type?.value;
      const dims = type?.case === 'tensorType' ? type.value.shape!.dim : [];
      dims[1]!.value = { case: 'dimValue', value: 2n ** 40n };
      dims[2]!.value = { case: 'dimValue', value: 2n ** 41n };
    },
  ],
  [
    'an impossible batch',
    /1099511627776 x 320x320 pixels at once/,
    ({ graph }) => {
      const type = graph!.input[0]!.type?.value;
      const dims = type?.case === 'tensorType' ? type.value.shape!.dim : [];
      dims[0]!.value = { case: 'dimValue', value: 2n ** 40n };
    },
  ],
];

for (const [what, sentence, damage] of damages) {
  test(`${what} in a model is one sentence of ours, and nothing of ONNX Runtime's`, async () => {
    const model = join(tempDir(), 'odd.onnx');
    await writeFile(model, editModel(modelFixture('tiny-det.onnx'), damage));
    const call = ['run', '-m', model, '-i', images, '-o', tempDir(), '--device', 'cpu', '-q'];
    const { code, stderr } = await runCli(call);
    assert.equal(code, 3, stderr);
    assert.match(stderr, sentence);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
    assert.doesNotMatch(stderr, /::|\.cc:|ONNXRuntimeError|\[E:|INVALID/);
  });
}
