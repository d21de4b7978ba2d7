import assert from 'node:assert/strict';
import { it } from 'node:test';
import { addRowAnchors } from '../../../src/model/box-maps/row-anchors.ts';
import { GraphBuilder } from '../../../src/model/onnx/graph-builder.ts';
import { InferenceSession, Tensor } from '../../../src/model/runtime/onnxruntime.ts';
import { augmentModel } from '../../../src/model/session/augmented-graph.ts';
import { createExplainSession } from '../../../src/model/session/explain-session.ts';
import { readYoloModel } from '../../../src/model/yolo/yolo-model.ts';
import { madeModel, madeStride } from '../../support/made-model.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const side = 64;
const images = 3;
const cells = (side / madeStride) ** 2;

/** Of a batch: the anchors that the graph chose, and the products of their features. */
async function boxMaps(opset: number) {
  const bytes = madeModel({ opset, batch: images });
  const grid = side / madeStride;
  const size = { channels: 6, gridHeight: grid, gridWidth: grid, elemType: 'float32' } as const;
  const layers = [{ name: 'model.1', tensor: 'made/layer', ...size }];
  const rules = { levels: layers, picks: 9, confThreshold: 0.05, iouThreshold: 0.7 };
  const plan = { layers, components: 1, device: 'cpu', boxMaps: rules, allScores: true } as const;
  const augmented = augmentModel(bytes, readYoloModel(bytes, { name: 'made.onnx' }), plan);
  const session = await createExplainSession({ augmented, device: 'cpu', threads: 1 });
  const random = seededRandom(5);
  const pixels = Uint8Array.from({ length: images * 3 * side * side }, () => 256 * random());
  const { boxMaps } = await session.run({
    pixels,
    masks: [new Float32Array(images * cells).fill(1)],
  });
  await session.release();
  return boxMaps ?? assert.fail('no box maps');
}

it('box maps of operator set 10 are those of 11', async () => {
  const [ten, eleven] = await Promise.all([boxMaps(10), boxMaps(11)]);
  assert.deepEqual(ten.anchors, eleven.anchors);
  assert.ok(new Set(eleven.anchors).size > 9, 'images differ in their anchors');
  assert.deepEqual(ten.levels, eleven.levels);
});

/** Of two images: rows of corners, score and class, the second of which has no anchor. */
async function rowAnchors(opset: number) {
  const graph = new GraphBuilder(opset, 'test');
  const rows = graph.input('rows', 'float32', [2, 3, 6]);
  const scores = graph.input('scores', 'float32', [2, 2, 4]);
  const source = { tensor: scores, classAxis: 1, start: 0, classes: 2 };
  const made = addRowAnchors(graph, { rows, scores: source as never, picks: 2 });
  graph.output(made.anchors);
  graph.output(made.rows);
  const session = await InferenceSession.create(graph.encode('standalone'));
  const row = (score: number, classId: number) => [0, 0, 9, 9, score, classId];
  const found = [row(0.9, 1), row(0.7, 0), row(0.1, 0), row(0.2, 0), row(0.8, 1), row(0.75, 0)];
  const all = [0.1, 0.9, 0.2, 0.3, 0.4, 0.5, 0.9, 0, 0.2, 0.75, 0.1, 0, 0.1, 0.8, 0.3, 0.75];
  const answer = await session.run({
    [rows]: new Tensor('float32', Float32Array.from(found.flat()), [2, 3, 6]),
    [scores]: new Tensor('float32', Float32Array.from(all), [2, 2, 4]),
  });
  await session.release();
  return [made.anchors, made.rows].map((name) =>
    Array.from((answer[name]?.data ?? []) as BigInt64Array, Number),
  );
}

it('anchors of finished rows are found in operator set 10 as in 11', async () => {
  const expected = [
    [2, -1, 1, 1],
    [0, 1, 1, 2],
  ];
  assert.deepEqual(await rowAnchors(11), expected);
  assert.deepEqual(await rowAnchors(10), expected);
});
