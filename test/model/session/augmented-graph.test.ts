import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { decodeOnnx } from '../../../src/model/onnx/onnx-file.ts';
import { noRewrites } from '../../../src/model/rewrites/rewrites.ts';
import { InferenceSession, Tensor } from '../../../src/model/runtime/onnxruntime.ts';
import { type AugmentedModel, augmentModel } from '../../../src/model/session/augmented-graph.ts';
import {
  createExplainSession,
  type ExplainOutputs,
} from '../../../src/model/session/explain-session.ts';
import { readYoloModel } from '../../../src/model/yolo/yolo-model.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { cellsOf, fixtureModel, openExplainer, trainedModel } from '../../support/explainer.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { toyModel } from '../../support/toy-model.ts';

const grid = { gridHeight: 4, gridWidth: 6 };

function readModel(path: string) {
  const bytes = readFileSync(join(repositoryRoot, path));
  return { bytes, model: readYoloModel(bytes, { name: path }) };
}

function bytePixels(count: number): Uint8Array {
  const random = seededRandom(3);
  return Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
}

async function runToy(toy: ReturnType<typeof toyModel>): Promise<ExplainOutputs> {
  const session = await createExplainSession({ augmented: toy, device: 'cpu', threads: 1 });
  const masks = [new Float32Array(24).fill(1)];
  const outputs = await session.run({ pixels: bytePixels(72), masks });
  await session.release();
  return outputs;
}

/** Names of the nodes in the order in which ONNX Runtime computes them, from its profile. */
async function executionOrder(augmented: AugmentedModel): Promise<string[]> {
  const folder = tempDir();
  const session = await InferenceSession.create(augmented.bytes, {
    enableProfiling: true,
    profileFilePrefix: join(folder, 'profile'),
    logSeverityLevel: 4,
  });
  const { inputHeight, inputWidth, layers } = augmented;
  const pixels = new Uint8Array(3 * inputHeight * inputWidth);
  const feeds: Record<string, Tensor> = {
    [augmented.pixels]: new Tensor('uint8', pixels, [1, 3, inputHeight, inputWidth]),
  };
  for (const layer of layers) {
    const weights = new Float32Array(cellsOf(layer));
    feeds[layer.tensors.weights] = new Tensor('float32', weights, [1, 1, weights.length]);
  }
  await session.run(feeds);
  session.endProfiling();
  await session.release();
  const [file = ''] = readdirSync(folder);
  const events: { name: string; cat: string }[] = JSON.parse(
    readFileSync(join(folder, file), 'utf8'),
  );
  return events.filter(({ cat }) => cat === 'Node').map(({ name }) => name);
}

describe('the augmented model', () => {
  it('takes bytes and masks, and gives nothing of the raw layers or the raw head', async () => {
    const explainer = await openExplainer(trainedModel, { components: [1] });
    const { augmented, layers } = explainer;
    await explainer.session.release();
    const { inputs, graph, metadata } = decodeOnnx(augmented.bytes, 'augmented');
    const weights = augmented.layers.map(({ tensors }) => tensors.weights);
    assert.deepEqual(
      new Set(inputs.map(({ name }) => name)),
      new Set([augmented.pixels, ...weights]),
    );
    const outputs = graph.output.map(({ name }) => name);
    assert.ok(!outputs.includes('output0'));
    assert.ok(layers.every(({ tensor }) => !outputs.includes(tensor)));
    const { bytes } = readModel(trainedModel);
    const original = decodeOnnx(bytes, 'original');
    // Made anew: the softmax of the box distances and its sum, and in 8 blocks Conv, Sigmoid, Mul and Split.
    assert.equal(graph.node.length, original.graph.node.length - 2 - 8 * 4 + augmented.addedNodes);
    assert.deepEqual(metadata, original.metadata);
  });

  it('is done with a layer before the model goes on, so that no activations wait for the end', async () => {
    const { augmented, session } = await openExplainer(fixtureModel('tiny-det'), {
      components: [1],
      layers: ['15', '18', '21'],
    });
    await session.release();
    const order = await executionOrder(augmented);
    const isExplaining = (name: string) => name.startsWith('eigenfleet/explain/');
    const firstOf = (module: string) => order.findIndex((name) => name.startsWith(module));
    for (const [layer, next] of [
      ['/model.15/', '/model.16/'],
      ['/model.18/', '/model.19/'],
      ['/model.21/', '/model.22/'],
    ] as const) {
      const between = order.slice(firstOf(layer), firstOf(next));
      assert.ok(between.filter(isExplaining).length >= 10, `between ${layer} and ${next}`);
    }
  });

  it('leaves the bytes it was given alone', () => {
    const { bytes, model } = readModel(trainedModel);
    const digest = () => createHash('sha256').update(bytes).digest('hex');
    const before = digest();
    augmentModel(bytes, model, { layers: [], components: 1, device: 'cpu' });
    assert.equal(digest(), before);
  });

  it('takes the smaller side of the Gram matrix for several components', async () => {
    const explainer = await openExplainer(trainedModel, {
      components: [1, 2],
      layers: ['15', '21'],
    });
    await explainer.session.release();
    const [fine, coarse] = explainer.augmented.layers;
    assert.deepEqual([fine?.channels, fine && cellsOf(fine), fine?.side], [64, 1600, 'channels']);
    assert.deepEqual(
      [coarse?.channels, coarse && cellsOf(coarse), coarse?.side],
      [256, 100, 'cells'],
    );
  });

  it('reads the bytes of other devices to the same floats', async () => {
    const { bytes, model: read } = readModel(fixtureModel('tiny-det'));
    // Which a CPU computes in another way.
    const model = { ...read, rewrites: noRewrites };
    const answers: ExplainOutputs[] = [];
    for (const device of ['cpu', 'webgpu'] as const) {
      const augmented = augmentModel(bytes, model, { layers: [], components: 1, device });
      const session = await createExplainSession({ augmented, device: 'cpu', threads: 1 });
      answers.push(await session.run({ pixels: bytePixels(3 * 320 * 320), masks: [] }));
      await session.release();
    }
    assert.deepEqual(answers[0]?.head, answers[1]?.head);
  });

  it('gives the same from a model that is float16 throughout', async () => {
    const full = await runToy(toyModel({ ...grid, components: 1 }));
    const half = await runToy(toyModel({ ...grid, components: 1, elemType: 'float16' }));
    const [a, b] = [full.layers[0]?.energy ?? [], half.layers[0]?.energy ?? []];
    assert.equal(a.length, 24);
    a.forEach((value, cell) => {
      assert.ok(Math.abs(value - (b[cell] ?? 9)) < 2e-3, `cell ${cell}: ${value}, ${b[cell]}`);
    });
    assert.ok(half.head.kind === 'classify' && half.head.arrays.probabilities.length === 72);
  });

  it('gives the same under operator sets from 9 to 23', async () => {
    const expected = await runToy(toyModel({ ...grid, components: 2 }));
    for (const opset of [9, 10, 11, 12, 13, 17, 21, 23]) {
      const answer = await runToy(toyModel({ ...grid, components: 2, opset }));
      assert.deepEqual(answer, expected, `operator set ${opset}`);
    }
  });

  it('refuses operator sets that are too old and bytes that are not protobuf', () => {
    const refused = (code: string) => (error: unknown) =>
      error instanceof EigenfleetError && error.code === code;
    assert.throws(() => toyModel({ ...grid, components: 1, opset: 8 }), refused('model'));
    const { bytes, model } = readModel(fixtureModel('tiny-det'));
    const cut = bytes.subarray(0, bytes.length >> 1);
    const augment = () => augmentModel(cut, model, { layers: [], components: 1, device: 'cpu' });
    assert.throws(augment, refused('model'));
  });
});

describe('the explain session', () => {
  it('says what it expected when pixels or masks have the wrong size', async () => {
    const toy = toyModel({ ...grid, components: 1 });
    const session = await createExplainSession({ augmented: toy, device: 'cpu', threads: 1 });
    const masks = [new Float32Array(24).fill(1)];
    await assert.rejects(session.run({ pixels: bytePixels(71), masks }), {
      name: 'RangeError',
      message: 'expected pixels of 1 images of 72 bytes, received 71 bytes',
    });
    await assert.rejects(session.run({ pixels: bytePixels(72), masks: [new Float32Array(5)] }), {
      name: 'RangeError',
      message: 'expected a mask of 1 x 24 cells for toy, received 5',
    });
    await session.release();
  });
});
