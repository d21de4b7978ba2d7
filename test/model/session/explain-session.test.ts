import assert from 'node:assert/strict';
import { it } from 'node:test';
import { GraphBuilder } from '../../../src/model/onnx/graph-builder.ts';
import { augmentModel } from '../../../src/model/session/augmented-graph.ts';
import { createExplainSession } from '../../../src/model/session/explain-session.ts';

/** The negated image, a row and a column of zeros behind it, and the largest of each 2 x 2: as in YOLOv3-tiny. */
function zerosBeforeMaxPool() {
  const graph = new GraphBuilder(18, 'toy');
  const inputName = graph.input('images', 'float32', [1, 3, 3, 3]);
  const tensor = graph.op('Neg', [inputName], {}, 'toy/layer');
  const padded = graph.op('Pad', [tensor, graph.integers([0, 0, 0, 0, 0, 0, 1, 1])]);
  const pooled = graph.op('MaxPool', [padded], { kernel_shape: [2, 2], strides: [1, 1] });
  graph.output(graph.op('Flatten', [pooled], {}, 'toy/head'));
  const facts = {
    ...{ inputName, inputHeight: 3, inputWidth: 3, inputChannels: 3, batch: 1, opset: 18 },
    takesBytes: false,
    quantizes: false,
    inputElemType: 'float32',
    headLayout: { kind: 'classify', output: 'toy/head', elemType: 'float32', classes: 27 },
  } as const;
  const shape = { channels: 3, gridHeight: 3, gridWidth: 3 };
  const layers = [{ name: 'toy', tensor, ...shape, elemType: 'float32' }] as const;
  const bytes = graph.encode('standalone');
  return augmentModel(bytes, facts, { layers, components: 1, device: 'cpu' });
}

it('pads with zeros before a MaxPool where the model says so, all values being negative', async () => {
  const augmented = zerosBeforeMaxPool();
  const session = await createExplainSession({ augmented, device: 'cpu', threads: 1 });
  const inputs = { pixels: new Uint8Array(27).fill(255), masks: [new Float32Array(9).fill(1)] };
  const { head } = await session.run(inputs);
  await session.release();
  assert.ok(head.kind === 'classify');
  const plane = [-1, -1, 0, -1, -1, 0, 0, 0, 0];
  assert.deepEqual(head.arrays.probabilities, new Float32Array([plane, plane, plane].flat()));
});
