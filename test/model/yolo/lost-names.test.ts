import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { type GraphProto, type ModelProto, type NodeProto, NodeProtoSchema } from 'onnx-buf';
import { describeModel } from '../../../src/model/yolo/model-description.ts';
import { resolveTargetLayers } from '../../../src/model/yolo/module-layers.ts';
import { readYoloModel, type YoloModel } from '../../../src/model/yolo/yolo-model.ts';
import { editModel, modelFixture, sketchModel } from '../../support/onnx-fixture.ts';

const read = (bytes: Uint8Array): YoloModel => readYoloModel(bytes, { name: 'best.onnx' });

function edited(file: string, change: (graph: GraphProto, model: ModelProto) => void): Uint8Array {
  return editModel(modelFixture(file), (model) => {
    if (model.graph !== undefined) change(model.graph, model);
  });
}

/** What the head of the same file reads, with its names. */
const withNames = (file: string) => read(modelFixture(file)).headInputs;
const exports = ['tiny-det', 'tiny-det-nms', 'tiny-det-opset12-raw', 'tiny-det-fp16', 'tiny-seg'];

/** Tensors keep their names here, so that they can be compared. */
function forgetNames(graph: GraphProto): void {
  for (const node of graph.node) node.name = '';
  for (const tensor of graph.initializer) {
    const name = `w${graph.initializer.indexOf(tensor)}`;
    for (const { input } of graph.node) {
      input.forEach((each, place) => {
        if (each === tensor.name) input[place] = name;
      });
    }
    tensor.name = name;
  }
}

for (const file of exports) {
  test(`finds what the head of ${file} reads where all names are lost`, () => {
    const model = read(edited(`${file}.onnx`, forgetNames));
    assert.equal(model.modulePrefix, 'block');
    assert.deepEqual(model.headInputs, withNames(`${file}.onnx`));
    assert.deepEqual(
      resolveTargetLayers(model).map(({ name }) => name),
      ['block.32', 'block.37', 'block.42'],
    );
  });
}

test('finds the last features of a classifier where all names are lost', () => {
  const model = read(edited('tiny-cls.onnx', forgetNames));
  const named = read(modelFixture('tiny-cls.onnx'));
  assert.deepEqual(
    resolveTargetLayers(model).map(({ tensor }) => tensor),
    resolveTargetLayers(named).map(({ tensor }) => tensor),
  );
});

test('numbers blocks alike whatever the order of the nodes', () => {
  const blocksOf = (bytes: Uint8Array) =>
    Object.fromEntries(read(bytes).modules.map(({ name, tensor }) => [name, tensor]));
  const inOrder = edited('tiny-det.onnx', forgetNames);
  const reversed = editModel(inOrder, ({ graph }) => graph?.node.reverse());
  assert.deepEqual(blocksOf(reversed), blocksOf(inOrder));
});

test('reads the modules that the newer exporter notes beside the nodes', () => {
  const bytes = edited('tiny-det.onnx', (graph) => {
    graph.node.forEach((node, place) => {
      const module = /model\.\d+/.exec(node.name)?.[0];
      node.name = `node_${node.opType.toLowerCase()}_${place}`;
      if (module === undefined) return;
      const value = `['', '${module}', 'conv', '${node.name}']`;
      const key = 'pkg.torch.onnx.name_scopes';
      node.metadataProps.push({ $typeName: 'onnx.StringStringEntryProto', key, value });
    });
    for (const tensor of graph.initializer) tensor.name = tensor.name.replaceAll('.', '_');
    for (const node of graph.node) {
      node.input = node.input.map((name) =>
        /^model\./.test(name) ? name.replaceAll('.', '_') : name,
      );
    }
  });
  const named = read(modelFixture('tiny-det.onnx'));
  assert.deepEqual(read(bytes).modules, named.modules);
  assert.deepEqual(read(bytes).headInputs, named.headInputs);
});

/** Puts a quantizer in front of each convolution, as `quantize_static` does: one for each tensor, named after it. */
function quantizeConvolutions(
  graph: GraphProto,
  nameOf: (tensor: string, node: NodeProto) => string,
) {
  const made = new Map<string, string>();
  for (const node of [...graph.node]) {
    const [tensor = ''] = node.input;
    if (node.opType !== 'Conv' || tensor === 'images') continue;
    const name = made.get(tensor) ?? nameOf(tensor, node);
    if (!made.has(tensor)) {
      const pair = (opType: string, input: string, output: string) =>
        create(NodeProtoSchema, {
          name: `${name}_${opType}`,
          opType,
          input: [input, 'scale', 'zero'],
          output: [output],
        });
      graph.node.push(pair('QuantizeLinear', tensor, `${name}_q`));
      graph.node.push(pair('DequantizeLinear', `${name}_q`, `${name}_dq`));
      made.set(tensor, name);
    }
    node.input[0] = `${name}_dq`;
  }
}

const quantizers: [what: string, nameOf: (tensor: string, node: NodeProto) => string][] = [
  ['named after the tensor', (tensor) => tensor],
  ['named after the first reader, and merged', (_, node) => `${node.name}/input_quantizer/Cast`],
  ['without scopes', (tensor) => `quantizer_${tensor.replaceAll('/', '_')}`],
];

for (const [what, nameOf] of quantizers) {
  test(`walks back from quantizers to the float tensor: ${what}`, () => {
    const named = read(modelFixture('tiny-det.onnx'));
    const model = read(edited('tiny-det.onnx', (graph) => quantizeConvolutions(graph, nameOf)));
    assert.deepEqual(model.modules, named.modules);
    assert.deepEqual(model.headInputs, named.headInputs);
  });
}

test('walks back from quantizers that take their scale from the data', () => {
  const bytes = edited('tiny-det.onnx', (graph) => {
    for (const node of [...graph.node]) {
      const [tensor = '', weight = '', ...bias] = node.input;
      if (node.opType !== 'Conv' || tensor === 'images') continue;
      const [output = ''] = node.output;
      const parts = ['quantized', 'scale', 'zero'].map((part) => `${output}_of_input_${part}`);
      const step = (opType: string, input: readonly string[], made: readonly string[]) => {
        const { attribute } = node;
        const fields = { opType, input: [...input], output: [...made] };
        graph.node.push(
          create(NodeProtoSchema, { ...fields, name: `${node.name}_${opType}`, attribute }),
        );
      };
      graph.node.splice(graph.node.indexOf(node), 1);
      step('DynamicQuantizeLinear', [tensor], parts);
      step('ConvInteger', [parts[0] ?? '', weight, parts[2] ?? ''], [`${output}_int`]);
      step('Mul', [parts[1] ?? '', 'weight_scale'], [`${output}_scales`]);
      step(
        'Mul',
        [`${output}_int`, `${output}_scales`],
        [bias.length > 0 ? `${output}_raw` : output],
      );
      if (bias.length > 0) step('Add', [`${output}_raw`, ...bias], [output]);
    }
  });
  const named = withNames('tiny-det.onnx');
  assert.deepEqual(read(bytes).headInputs, named);
  const nameless = editModel(bytes, ({ graph }) => graph && forgetNames(graph));
  assert.equal(read(nameless).modulePrefix, 'block');
  assert.deepEqual(read(nameless).headInputs, named);
});

test("lists what the head reads in the head's order, and explains it so", async () => {
  // As in YOLOv3-tiny: the head reads 19, 15, and 19 is made of 15.
  const nodes = [
    ['/model.0/Conv', 'Conv', 'images w0', 'a'],
    ['/model.15/Conv', 'Conv', 'a w1', 'coarse'],
    ['/model.19/Conv', 'Conv', 'coarse w2', 'fine'],
    ['/model.20/cv2.1/Conv', 'Conv', 'coarse w3', 'c'],
    ['/model.20/cv2.0/Conv', 'Conv', 'fine w4', 'f'],
    ['/model.20/Concat', 'Concat', 'f c', 'output0'],
  ] as const;
  const metadata = { task: 'detect', names: "{0: 'a', 1: 'b', 2: 'c'}" };
  const model = read(sketchModel({ nodes, outputs: { output0: [1, 7, 84] }, metadata }));
  assert.deepEqual(model.headInputs, ['fine', 'coarse']);
  const inHeadOrder = ['model.19', 'model.15'];
  assert.deepEqual(
    resolveTargetLayers(model).map(({ name }) => name),
    inHeadOrder,
  );
  assert.deepEqual(
    resolveTargetLayers(model, ['15', '19']).map(({ name }) => name),
    inHeadOrder,
  );
});

test('settles by one run an output whose every size is open', async () => {
  const opened = (file: string) =>
    edited(file, (graph) => {
      for (const { type } of graph.output) {
        if (type?.value.case !== 'tensorType') continue;
        for (const [axis, size] of (type.value.value.shape?.dim ?? []).entries()) {
          size.value = {
            case: 'dimParam',
            value: ['batch', 'Concatoutput0_dim_1', 'anchors'][axis] ?? '',
          };
        }
      }
      graph.valueInfo = [];
    });
  const layoutOf = async (file: string) =>
    (await describeModel(opened(file), { name: 'best.onnx' })).model.headLayout;
  assert.deepEqual(
    await layoutOf('tiny-det-dynamic.onnx'),
    read(modelFixture('tiny-det-dynamic.onnx')).headLayout,
  );
  const rows = { ...read(modelFixture('tiny-det-nms.onnx')).headLayout, rows: 'dynamic' };
  assert.deepEqual(await layoutOf('tiny-det-nms.onnx'), rows);
  const pose = { ...read(modelFixture('tiny-pose.onnx')).headLayout, anchors: 'dynamic' };
  assert.deepEqual(await layoutOf('tiny-pose.onnx'), pose);
});

/** A trunk of two modules, of which `parts` makes the second, and a head. */
function withModule(parts: readonly (readonly [string, string, string, string])[]) {
  const nodes = [
    ['/model.0/Conv', 'Conv', 'images w0', 'a'],
    ...parts,
    ['/model.3/Conv', 'Conv', 'd w3', 'e'],
    ['/model.3/Flatten', 'Flatten', 'e', 'output0'],
  ] as const;
  const metadata = { task: 'detect', names: "{0: 'a', 1: 'b', 2: 'c'}" };
  return read(sketchModel({ nodes, outputs: { output0: [1, 7, 84] }, metadata }));
}

test('joins the halves of a module whose own Concat was merged into the next one', () => {
  const model = withModule([
    ['/model.1/cv1/Conv', 'Conv', 'a w1', 'b'],
    ['/model.1/cv2/Conv', 'Conv', 'a w2', 'c'],
    ['/model.2/Concat', 'Concat', 'b c a', 'd'],
  ]);
  assert.deepEqual(resolveTargetLayers(model, ['1']), [{ name: 'model.1', tensor: 'b + c' }]);
  assert.deepEqual(model.views, { 'b + c': { kind: 'join', parts: ['b', 'c'] } });
  assert.deepEqual(resolveTargetLayers(model, ['b + c', 'c']), [
    { name: 'c', tensor: 'c' },
    { name: 'model.1', tensor: 'b + c' },
  ]);
});

test('reads layers of integers by the scale of the operator that made them', () => {
  const model = withModule([
    ['/model.1/Quantize', 'QuantizeLinear', 'a sa za', 'aq'],
    ['/model.1/Conv_quant', 'QLinearConv', 'aq sa za w sw zw sb zb', 'bq'],
    ['/model.2/MaxPool', 'MaxPool', 'bq', 'cq'],
    ['/model.2/Dequantize', 'DequantizeLinear', 'cq sb zb', 'c'],
    ['/model.2/Relu', 'Relu', 'c', 'd'],
  ]);
  const view = { kind: 'dequantize', scale: 'sb', zeroPoint: 'zb' };
  const first = { kind: 'dequantize', scale: 'sa', zeroPoint: 'za' };
  assert.deepEqual(model.views, { aq: first, bq: view, cq: view });
  assert.deepEqual(
    model.modules.map(({ tensor }) => tensor),
    ['a', 'bq', 'd', 'output0'],
  );
});

test('reads layers whose channels are blocked, until they are put in order', () => {
  const inBlocks = editModel(
    sketchModel({
      nodes: [
        ['/model.0/Conv', 'Conv', 'images w0', 'a'],
        ['/model.1/Relu', 'Relu', 'a', 'b'],
        ['', 'ReorderOutput', 'b', 'c'],
        ['/model.2/Conv', 'Conv', 'c w1', 'd'],
        ['/model.2/Flatten', 'Flatten', 'd', 'output0'],
      ],
      outputs: { output0: [1, 7, 84] },
      metadata: { task: 'detect', names: "{0: 'a', 1: 'b', 2: 'c'}" },
    }),
    ({ graph }) => {
      for (const node of graph?.node ?? []) {
        if (/^a|c$/.test(node.output[0] ?? '')) node.domain = 'com.microsoft.nchwc';
      }
    },
  );
  const model = read(inBlocks);
  assert.deepEqual(model.views, { a: { kind: 'unblock' }, b: { kind: 'unblock' } });
  assert.deepEqual(model.headInputs, ['b']);
});
