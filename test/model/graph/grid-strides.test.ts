import assert from 'node:assert/strict';
import { it } from 'node:test';
import { flowOf } from '../../../src/model/graph/graph-flow.ts';
import { gridStrides } from '../../../src/model/graph/grid-strides.ts';
import { GraphBuilder } from '../../../src/model/onnx/graph-builder.ts';
import { decodeOnnx } from '../../../src/model/onnx/onnx-file.ts';

const strideBehind = (add: (graph: GraphBuilder, layer: string) => string) => {
  const graph = new GraphBuilder(17, 'made');
  const image = graph.input('images', 'float32', [1, 3, 8, 8]);
  const kernel = graph.floats('kernel', [4, 3, 2, 2], new Float32Array(48));
  const layer = graph.op('Conv', [image, kernel], { strides: [2, 2] });
  const behind = graph.output(add(graph, layer));
  const made = decodeOnnx(graph.encode('standalone'), 'made.onnx').graph;
  return gridStrides(made, flowOf(made, image), image).get(behind);
};

it('keeps the grid of levels that are added up as a stack, as v9e adds those of its backbones', () => {
  const stride = strideBehind((graph, layer) => {
    const first = graph.integers([0]);
    const levels = [layer, graph.op('Relu', [layer])];
    const stack = levels.map((level) => graph.op('Unsqueeze', [level, first]));
    const joined = graph.op('Concat', stack, { axis: 0 });
    return graph.op('ReduceSum', [joined, first], { keepdims: 0 });
  });
  assert.equal(stride, 2);
});

it('loses the grid where its cells are added up', () => {
  const sum = (graph: GraphBuilder, layer: string) =>
    graph.op('ReduceSum', [layer, graph.integers([2, 3])], { keepdims: 0 });
  assert.equal(strideBehind(sum), undefined);
});
