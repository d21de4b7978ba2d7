import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { GraphBuilder } from '../../../src/model/onnx/graph-builder.ts';
import { decodeOnnx } from '../../../src/model/onnx/onnx-file.ts';
import { partsOf } from '../../../src/model/rewrites/graph-parts.ts';
import { noRewrites } from '../../../src/model/rewrites/rewrites.ts';
import { addSplitConvs } from '../../../src/model/rewrites/split-conv-graph.ts';
import { findSplitConvs } from '../../../src/model/rewrites/split-convs.ts';
import { InferenceSession, Tensor } from '../../../src/model/runtime/onnxruntime.ts';
import { augmentModel } from '../../../src/model/session/augmented-graph.ts';
import { createExplainSession } from '../../../src/model/session/explain-session.ts';
import { loadModel } from '../../../src/model/yolo/load-model.ts';
import { cellsOf, fixtureModel, trainedModel } from '../../support/explainer.ts';
import { editModel, modelFixture } from '../../support/onnx-fixture.ts';
import { seededRandom } from '../../support/seeded-random.ts';

type Edited = NonNullable<Parameters<Parameters<typeof editModel>[1]>[0]['graph']>;

const [images, inputs, cells] = [2, 6, 12];

function numbers(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => 4 * random() - 2);
}

/** By the definition, in float64: [images, channels, cells] from [images, inputs, cells]. */
function convolved(data: Float32Array, weights: Float32Array, bias: Float32Array): number[] {
  const channels = bias.length;
  return Array.from({ length: images * channels * cells }, (_, at) => {
    const [image, channel, cell] = [
      Math.floor(at / (channels * cells)),
      Math.floor(at / cells) % channels,
      at % cells,
    ];
    let sum = bias[channel] ?? 0;
    for (let input = 0; input < inputs; input++) {
      const value = data[(image * inputs + input) * cells + cell] ?? 0;
      sum += (weights[channel * inputs + input] ?? 0) * value;
    }
    return sum;
  });
}

function found(bytes: Uint8Array) {
  const { graph, opset } = decodeOnnx(bytes, 'the model');
  return findSplitConvs(partsOf(graph, opset));
}

describe('convolutions whose channels are split', () => {
  for (const opset of [9, 12, 18]) {
    it(`are one for each part in operator set ${opset}`, async () => {
      const sizes = [4, 5, 1];
      const channels = 10;
      const data = numbers(images * inputs * cells, 1);
      const weights = numbers(channels * inputs, 2);
      for (const bias of [undefined, numbers(channels, 3)]) {
        for (const activation of ['none', 'silu'] as const) {
          const graph = new GraphBuilder(opset, 'test');
          const input = graph.input('data', 'float32', [images, inputs, 3, 4]);
          const names = sizes.map((_, part) => `part${part}`);
          const conv = {
            ...{ input, activation, between: [] },
            weights: graph.floats('weights', [channels, inputs, 1, 1], weights),
            bias: bias && graph.floats('bias', [channels], bias),
            parts: sizes.map((count, part) => ({ output: names[part] ?? '', channels: count })),
          };
          // The second part is not needed.
          addSplitConvs(graph, [conv], new Set(['part0', 'part2']));
          graph.output('part0');
          graph.output('part2');
          const session = await InferenceSession.create(graph.encode('standalone'));
          const answer = await session.run({
            [input]: new Tensor('float32', data, [images, inputs, 3, 4]),
          });
          await session.release();
          const whole = convolved(data, weights, bias ?? new Float32Array(channels)).map((sum) =>
            activation === 'none' ? sum : sum / (1 + Math.exp(-sum)),
          );
          for (const [part, start, end] of [
            ['part0', 0, 4],
            ['part2', 9, 10],
          ] as const) {
            const wanted = Array.from({ length: images }, (_, image) =>
              whole.slice((image * channels + start) * cells, (image * channels + end) * cells),
            ).flat();
            const { data: values = [], dims } = answer[part] ?? {};
            assert.deepEqual(dims, [images, end - start, 3, 4]);
            for (const [index, value] of [...values].entries()) {
              assert.ok(Math.abs(Number(value) - (wanted[index] ?? Number.NaN)) < 1e-5);
            }
          }
        }
      }
    });
  }

  it('are found in the blocks of models of any operator set', () => {
    for (const name of ['tiny-det', 'tiny-seg', 'tiny-det-nms', 'tiny-det-opset12-raw']) {
      const convs = found(modelFixture(`${name}.onnx`));
      assert.equal(convs.length, 8, name);
      assert.ok(
        convs.every(({ activation, parts }) => activation === 'silu' && parts.length === 2),
        name,
      );
    }
    assert.deepEqual(found(modelFixture('tiny-det-fp16.onnx')), [], 'float16');
  });

  it('are found where Slices cut all channels apart, each once', () => {
    const named = (name: string, values: readonly number[]) => ({
      ...{
        $typeName: 'onnx.TensorProto' as const,
        name,
        dataType: 7,
        dims: [BigInt(values.length)],
      },
      ...{ int64Data: values.map(BigInt), rawData: new Uint8Array(0), docString: '' },
      ...{ floatData: [], int32Data: [], stringData: [], doubleData: [], uint64Data: [] },
      ...{ externalData: [], dataLocation: 0, metadataProps: [] },
    });
    /** The first Split as Slices of these [start, end, step]. */
    const sliced = (ranges: readonly (readonly [number, number, number?])[], axis = 1) =>
      found(
        editModel(modelFixture('tiny-det.onnx'), ({ graph }) => {
          const at = graph?.node.findIndex(({ name }) => name === '/model.2/Split') ?? -1;
          const split = graph?.node[at];
          if (graph === undefined || split === undefined) throw new Error('there is no such node');
          const slices = ranges.map(([start, end, step = 1], part) => {
            const ends = [[start], [end], [axis], [step]];
            const names = ends.map((_, index) => `slice/${part}/${index}`);
            graph.initializer.push(...ends.map((list, index) => named(names[index] ?? '', list)));
            const [whole = ''] = split.input;
            const output = [split.output[part] ?? `slice/${part}`];
            return { ...split, opType: 'Slice', input: [whole, ...names], output, attribute: [] };
          });
          graph.node.splice(at, 1, ...slices);
        }),
      )
        .filter(({ parts }) => parts.some(({ output }) => output.includes('/model.2/Split')))
        .map(({ parts }) => parts.map(({ channels }) => channels));
    const cases: Record<string, readonly [ranges: Parameters<typeof sliced>[0], number[][]]> = {
      'one after another': [
        [
          [0, 8],
          [8, 16],
        ],
        [[8, 8]],
      ],
      'in another order, to the end': [
        [
          [8, 2 ** 31 - 1],
          [0, 8],
        ],
        [[8, 8]],
      ],
      'from behind': [
        [
          [0, -4],
          [-4, 16],
        ],
        [[12, 4]],
      ],
      'some twice': [
        [
          [0, 8],
          [4, 16],
        ],
        [],
      ],
      'some never': [
        [
          [0, 4],
          [8, 16],
        ],
        [],
      ],
      'not to the end': [
        [
          [0, 8],
          [8, 12],
        ],
        [],
      ],
      'every other one': [
        [
          [0, 16, 2],
          [8, 16],
        ],
        [],
      ],
    };
    for (const [what, [ranges, wanted]] of Object.entries(cases)) {
      assert.deepEqual(sliced(ranges), wanted, what);
    }
    assert.deepEqual(
      sliced(
        [
          [0, 8],
          [8, 16],
        ],
        2,
      ),
      [],
      'of another axis',
    );
  });

  it('are left to the file where somebody else reads them, and where cells are not alone', () => {
    const node = (graph: Edited, name: string) => {
      const one = graph.node.find((each) => each.name === name);
      if (one === undefined) throw new Error(`the fixture has no node ${name}`);
      return one;
    };
    const edits: Record<string, (graph: Edited) => void> = {
      'a second reader of the sum': (graph) => {
        node(graph, '/model.4/Concat').input[0] = '/model.2/cv1/conv/Conv_output_0';
      },
      'a second reader of the activation': (graph) => {
        node(graph, '/model.4/Concat').input[0] = '/model.2/cv1/act/Mul_output_0';
      },
      'an output of the graph': (graph) => {
        const [output] = graph.output;
        if (output === undefined) throw new Error('the fixture has no output');
        graph.output.push({ ...output, name: '/model.2/cv1/act/Mul_output_0' });
      },
      'another axis': (graph) => {
        const axis = node(graph, '/model.2/Split').attribute.find(({ name }) => name === 'axis');
        if (axis !== undefined) axis.i = 2n;
      },
      groups: (graph) => {
        const conv = node(graph, '/model.2/cv1/conv/Conv');
        const group = conv.attribute.find(({ name }) => name === 'group');
        if (group !== undefined) group.i = 2n;
      },
    };
    for (const [what, edit] of Object.entries(edits)) {
      const bytes = editModel(modelFixture('tiny-det.onnx'), ({ graph }) => {
        if (graph !== undefined) edit(graph);
      });
      const names = found(bytes).flatMap(({ parts }) => parts.map(({ output }) => output));
      assert.equal(names.length, 14, what);
      assert.ok(!names.includes('/model.2/Split_output_0'), what);
    }
  });

  for (const [name, path] of [
    ['a narrow model', fixtureModel('tiny-det')],
    ['the trained one', trainedModel],
  ] as const) {
    it(`do not change a bit of the maps and boxes of ${name}`, async () => {
      const { model: read, layers, ...loaded } = await loadModel(path);
      const bytes = readFileSync(loaded.path);
      const whole = { ...read.rewrites, binMeans: [] };
      assert.equal(whole.splitConvs.length, 8);
      const random = seededRandom(4);
      const size = 3 * read.inputHeight * read.inputWidth;
      const pixels = Uint8Array.from({ length: size }, () => random() * 256);
      const masks = layers.map((layer) => new Float32Array(cellsOf(layer)).fill(1));
      const answers = [];
      for (const rewrites of [whole, noRewrites]) {
        const plan = { layers, components: 1, device: 'cpu' as const };
        const augmented = augmentModel(bytes, { ...read, rewrites }, plan);
        const session = await createExplainSession({ augmented, device: 'cpu', threads: 1 });
        answers.push(await session.run({ pixels, masks }));
        await session.release();
      }
      assert.deepEqual(answers[0], answers[1]);
    });
  }

  it('stay where a layer that is asked for lies between, and where nobody needs them', async () => {
    const { model, layers, path } = await loadModel(fixtureModel('tiny-det'));
    const bytes = readFileSync(path);
    const splits = (tensors: readonly string[], facts = model) => {
      const wanted = layers.slice(0, tensors.length).map((layer, index) => ({
        ...layer,
        tensor: tensors[index] ?? '',
      }));
      const plan = { layers: wanted, components: 1, device: 'cpu' as const };
      const { graph } = decodeOnnx(augmentModel(bytes, facts, plan).bytes, 'augmented');
      return graph.node.filter(({ opType }) => opType === 'Split').flatMap(({ output }) => output);
    };
    assert.ok(!splits([]).includes('/model.2/Split_output_0'));
    assert.ok(splits(['/model.2/cv1/act/Mul_output_0']).includes('/model.2/Split_output_0'));
    const none = { ...model, headLayout: { kind: 'none' as const, classes: 0 as const } };
    const { graph } = decodeOnnx(
      augmentModel(bytes, none, {
        layers: layers.slice(0, 1),
        components: 1,
        device: 'cpu',
      }).bytes,
      'augmented',
    );
    const made = graph.node.flatMap(({ output }) => output);
    assert.ok(made.includes('/model.2/Split_output_0'));
    assert.ok(!made.includes('/model.21/Split_output_0'), 'behind the layer');
  });
});
