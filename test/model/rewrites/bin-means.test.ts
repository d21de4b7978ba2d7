import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GraphBuilder } from '../../../src/model/onnx/graph-builder.ts';
import { decodeOnnx } from '../../../src/model/onnx/onnx-file.ts';
import { addBinMeans } from '../../../src/model/rewrites/bin-mean-graph.ts';
import { findBinMeans } from '../../../src/model/rewrites/bin-means.ts';
import { partsOf } from '../../../src/model/rewrites/graph-parts.ts';
import { InferenceSession, Tensor } from '../../../src/model/runtime/onnxruntime.ts';
import { augmentModel } from '../../../src/model/session/augmented-graph.ts';
import { readYoloModel } from '../../../src/model/yolo/yolo-model.ts';
import { editModel, modelFixture } from '../../support/onnx-fixture.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const [bins, sides, anchors] = [16, 4, 5];

/** Logits [2, bins, sides, anchors], of the sizes that heads give and of such that overflow as they are. */
function someLogits(greatest: number): Float32Array {
  const random = seededRandom(5);
  const count = 2 * bins * sides * anchors;
  return Float32Array.from({ length: count }, () => greatest * (2 * random() - 1));
}

/** By the definition, in float64. */
function meansOf(logits: Float32Array, weights: Float32Array): number[] {
  const inner = sides * anchors;
  return Array.from({ length: 2 * inner }, (_, at) => {
    const from = Math.floor(at / inner) * bins * inner + (at % inner);
    const own = Array.from(weights, (_weight, bin) => logits[from + bin * inner] ?? Number.NaN);
    const greatest = Math.max(...own);
    const powers = own.map((value) => Math.exp(value - greatest));
    const sum = powers.reduce((all, one) => all + one, 0);
    return powers.reduce((all, one, bin) => all + (one * (weights[bin] ?? 0)) / sum, 0);
  });
}

async function computed(
  logits: Float32Array,
  weights: Float32Array,
  { opset, perm }: { readonly opset: number; readonly perm?: readonly number[] },
): Promise<Float32Array> {
  const graph = new GraphBuilder(opset, 'test');
  const dims = perm === undefined ? [2, bins, sides, anchors] : [2, anchors, sides, bins];
  const input = graph.input('logits', 'float32', dims);
  const kernel = graph.floats('kernel', [1, bins, 1, 1], weights);
  addBinMeans(graph, [{ input, perm, weights: kernel, bins, output: 'means', between: [] }]);
  graph.output('means');
  const session = await InferenceSession.create(graph.encode('standalone'));
  const { means } = await session.run({ [input]: new Tensor('float32', logits, dims) });
  await session.release();
  assert.deepEqual(means?.dims, [2, 1, sides, anchors]);
  assert.ok(means.data instanceof Float32Array);
  return means.data;
}

function assertNear(found: Float32Array, wanted: readonly number[]): void {
  assert.equal(found.length, wanted.length);
  for (const [index, value] of found.entries()) {
    assert.ok(Math.abs(value - (wanted[index] ?? Number.NaN)) < 1e-5, `${index}: ${value}`);
  }
}

/** Of [2, bins, sides, anchors]: the same with the bins last, as `perm` turns it back. */
function binsLast(logits: Float32Array): Float32Array {
  const turned = new Float32Array(logits.length);
  let at = 0;
  for (let image = 0; image < 2; image++) {
    for (let anchor = 0; anchor < anchors; anchor++) {
      for (let side = 0; side < sides; side++) {
        for (let bin = 0; bin < bins; bin++) {
          turned[at++] = logits[((image * bins + bin) * sides + side) * anchors + anchor] ?? 0;
        }
      }
    }
  }
  return turned;
}

describe('means over bins', () => {
  const inTurn = Float32Array.from({ length: bins }, (_, bin) => bin);
  const any = Float32Array.from({ length: bins }, (_, bin) => Math.sin(bin) * 20);

  for (const opset of [9, 12, 17, 18]) {
    it(`are those of a softmax in operator set ${opset}, however large the logits`, async () => {
      for (const weights of [inTurn, any]) {
        for (const greatest of [1, 30, 1e4]) {
          const logits = someLogits(greatest);
          const wanted = meansOf(logits, weights);
          assertNear(await computed(logits, weights, { opset }), wanted);
          const turned = { opset, perm: [0, 3, 2, 1] };
          assertNear(await computed(binsLast(logits), weights, turned), wanted);
        }
      }
    });
  }

  it('are found where the bins are on axis 1, and on the last one in older operator sets', () => {
    const found = (name: string) => {
      const { graph, opset } = decodeOnnx(modelFixture(name), name);
      return findBinMeans(partsOf(graph, opset)).map(({ bins: count, perm }) => ({ count, perm }));
    };
    for (const name of ['det', 'seg', 'pose', 'obb', 'det-dynamic', 'det-nms', 'det-batch4']) {
      assert.deepEqual(found(`tiny-${name}.onnx`), [{ count: 16, perm: undefined }], name);
    }
    assert.deepEqual(found('tiny-det-opset12-raw.onnx'), [{ count: 16, perm: [0, 3, 2, 1] }]);
    assert.deepEqual(found('tiny-det-fp16.onnx'), [], 'float16');
    assert.deepEqual(found('tiny-cls.onnx'), [], 'a softmax over classes');
    assert.deepEqual(found('zoo-26-seg-end2end.onnx'), [], 'attention, and a head without bins');
  });

  it('are left to the file where the sum is more than that', () => {
    const edits: Record<string, (conv: Node) => void> = {
      'a bias': ({ input }) => input.push('model.22.dfl.conv.weight'),
      padding: (conv) => setIntegers(conv, 'pads', [0, 1, 0, 0]),
      steps: (conv) => setIntegers(conv, 'strides', [1, 2]),
      'another domain': (conv) => {
        conv.domain = 'com.example';
      },
    };
    for (const [what, edit] of Object.entries(edits)) {
      const bytes = editModel(modelFixture('tiny-det.onnx'), ({ graph }) => {
        const conv = graph?.node.find(({ name }) => name === '/model.22/dfl/conv/Conv');
        if (conv === undefined) throw new Error('the fixture has no such node');
        edit(conv);
      });
      const { graph, opset } = decodeOnnx(bytes, what);
      assert.deepEqual(findBinMeans(partsOf(graph, opset)), [], what);
    }
  });

  it('take the place of the softmax on a CPU, and of nothing elsewhere', () => {
    for (const name of ['tiny-det.onnx', 'tiny-det-opset12-raw.onnx', 'tiny-det-nms.onnx']) {
      const bytes = modelFixture(name);
      const model = readYoloModel(bytes, { name });
      const operators = (device: 'cpu' | 'webgpu') => {
        const { bytes: made } = augmentModel(bytes, model, { layers: [], components: 1, device });
        return decodeOnnx(made, name).graph.node.map(({ opType }) => opType);
      };
      assert.ok(operators('webgpu').includes('Softmax'), name);
      assert.ok(!operators('cpu').includes('Softmax'), name);
    }
  });
});

type Node = NonNullable<Parameters<Parameters<typeof editModel>[1]>[0]['graph']>['node'][number];

function setIntegers({ attribute }: Node, wanted: string, values: readonly number[]): void {
  const found = attribute.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`the fixture's Conv has no ${wanted}`);
  found.ints = values.map(BigInt);
}
