import assert from 'node:assert/strict';
import { it } from 'node:test';
import { exchangesChannels } from '../../../src/model/input/channel-exchange.ts';
import { GraphBuilder } from '../../../src/model/onnx/graph-builder.ts';
import { decodeOnnx } from '../../../src/model/onnx/onnx-file.ts';
import { channelOrderWarning } from '../../../src/model/session/preprocessing.ts';

const exchanges = (begin: (graph: GraphBuilder, image: string) => string) => {
  const graph = new GraphBuilder(17, 'made');
  const image = graph.input('images', 'float32', [1, 3, 8, 8]);
  graph.output(graph.op('Relu', [begin(graph, image)]));
  return exchangesChannels(decodeOnnx(graph.encode('standalone'), 'made.onnx').graph, image);
};

const chosen = (graph: GraphBuilder, image: string, channels: readonly number[]) =>
  graph.op('Gather', [image, graph.integers(channels)], { axis: 1 });

it('a graph that turns its channels around itself is known by it, also behind its own division', () => {
  assert.equal(
    exchanges((graph, image) => chosen(graph, image, [2, 1, 0])),
    true,
  );
  const divided = (graph: GraphBuilder, image: string) =>
    graph.op('Div', [image, graph.scalar(255)]);
  assert.equal(
    exchanges((graph, image) => chosen(graph, divided(graph, image), [2, 1, 0])),
    true,
  );
  const flipped = (graph: GraphBuilder, image: string) => {
    const places = [[-1], [-9], [1], [-1]].map((one) => graph.integers(one));
    return graph.op('Slice', [image, ...places]);
  };
  assert.equal(exchanges(flipped), true);
});

it('no other choice of channels, and no part of the image, is taken for that', () => {
  assert.equal(
    exchanges((graph, image) => chosen(graph, image, [0, 1, 2])),
    false,
  );
  assert.equal(
    exchanges((graph, image) =>
      graph.sliced(chosen(graph, image, [0]), 2, { start: 0, end: 8, step: 2 }),
    ),
    false,
  );
  assert.equal(
    exchanges((_, image) => image),
    false,
  );
});

it('asks for the order of the channels there, until it is said', () => {
  const model = { name: 'best.onnx', exchangesChannels: true };
  const warning = (options: object) => channelOrderWarning({ model } as never, options);
  assert.match(warning({}) ?? '', /best\.onnx exchanges red and blue .*--channel-order bgr/);
  assert.equal(warning({ channelOrder: 'rgb' }), undefined);
  model.exchangesChannels = false;
  assert.equal(warning({}), undefined);
});
