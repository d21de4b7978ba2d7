import assert from 'node:assert/strict';
import { addEigenCam } from '../../src/model/eigen-cam/eigen-cam-graph.ts';
import { exactComponents } from '../../src/model/eigen-cam/exact-components.ts';
import { isSettled } from '../../src/model/eigen-cam/is-settled.ts';
import { defaultSteps } from '../../src/model/eigen-cam/iteration-graph.ts';
import { layerAnswer } from '../../src/model/eigen-cam/layer-answer.ts';
import {
  type PrincipalComponents,
  principalComponents,
} from '../../src/model/eigen-cam/principal-components.ts';
import { elementTypes } from '../../src/model/onnx/element-types.ts';
import { GraphBuilder } from '../../src/model/onnx/graph-builder.ts';
import { InferenceSession, Tensor } from '../../src/model/runtime/onnxruntime.ts';

export interface ChosenActivations {
  /** [C, h, w] */
  readonly activations: Float32Array;
  readonly shape: readonly [channels: number, gridHeight: number, gridWidth: number];
  readonly components: readonly number[];
  /** The layer holds them as float16. */
  readonly isHalf?: boolean;
}

/** What the product finds in a layer that holds these activations: by its graph, and from the activations where that does not settle it. */
export async function componentsOf(
  chosen: ChosenActivations,
): Promise<{ readonly found: PrincipalComponents; readonly isComputedAgain: boolean }> {
  const { activations, shape, components } = chosen;
  const cells = shape[1] * shape[2];
  const { bytes, layer, input } = graphOf(chosen);
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const { tensors, width, side } = layer;
  const weights = new Float32Array(cells).fill(1 / cells);
  const results = await session.run({
    [input]: new Tensor('float32', activations, [1, ...shape]),
    [tensors.weights]: new Tensor('float32', weights, [1, 1, cells]),
  });
  await session.release();
  const answer = layerAnswer(layer, weights, (name) => results[name]!.data as Float32Array);
  const mask = new Float32Array(cells).fill(1);
  const inputs = { ...answer, width, side, cells, mask, components, trace: answer.trace[0]! };
  const found = principalComponents(inputs);
  if (isSettled(inputs, found)) return { found, isComputedAgain: false };
  return { ...exactComponents({ activations, mask, components }), isComputedAgain: true };
}

function graphOf({ shape, components, isHalf }: ChosenActivations) {
  const graph = new GraphBuilder(18, 'test');
  const input = graph.input('activations', 'float32', [1, ...shape]);
  const tensor = isHalf
    ? graph.op('Cast', [input], { to: elementTypes.float16 })
    : graph.op('Identity', [input]);
  const [channels, gridHeight, gridWidth] = shape;
  const elemType = isHalf ? 'float16' : 'float32';
  const highest = Math.max(...components);
  const [layer] = addEigenCam(
    graph,
    [{ name: 'chosen', tensor, channels, gridHeight, gridWidth, elemType }],
    { components: highest, steps: defaultSteps(highest) },
    1,
  );
  assert.ok(layer);
  return { bytes: graph.encode('standalone'), layer, input };
}
