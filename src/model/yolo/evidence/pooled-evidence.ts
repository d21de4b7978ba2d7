import type { GraphProto, NodeProto } from 'onnx-buf';
import type { FoundEvidence } from '../../evidence/evidence-source.ts';
import { dataInputs, type GraphFlow } from '../../graph/graph-flow.ts';
import { integersAttribute } from '../../graph/operators.ts';
import { int64Values } from '../../onnx/int64-values.ts';
import type { TensorInfo } from '../../onnx/tensor-info.ts';
import { layerShapeOf } from '../layer-shapes.ts';
import type { YoloModel } from '../yolo-model.ts';

interface PooledModel {
  readonly flow: GraphFlow;
  readonly graph: GraphProto;
  readonly model: YoloModel;
  readonly infosOf: (tensors: readonly string[]) => Promise<ReadonlyMap<string, TensorInfo>>;
}

/** Operators between a mean over space and the matrix product, and behind it, that leave the numbers or the order of the classes. */
const reshaping = ['Flatten', 'Reshape', 'Squeeze'];
const closing = ['Softmax', 'Add'];

/**
 * The class activation maps of a classifier are exact where its answer is a softmax of one matrix product of the mean of its features: softmax, Gemm, pooling,
 * and nothing else between.
 */
export async function pooledEvidence(pooled: PooledModel): Promise<FoundEvidence> {
  const { flow, model, infosOf } = pooled;
  const product = makerBehind(flow, [...flow.outputs][0] ?? '', closing);
  const weights = product && weightsOf(pooled, product);
  const pooling = product && makerBehind(flow, flow.originOf(product.input[0] ?? ''), reshaping);
  const features = pooling && dataInputs(flow, pooling)[0];
  if (weights === undefined || pooling === undefined || features === undefined) return noPooling;
  if (!averagesSpace(pooled, pooling)) return noPooling;
  const infos = await infosOf([features]);
  const info = infos.get(features);
  const shape = info && layerShapeOf(info);
  const { classes = 0 } = model.headLayout;
  if (shape === undefined || shape.channels !== weights.channels || classes !== weights.classes) {
    return noPooling;
  }
  const { gridHeight, gridWidth } = shape;
  const layer = model.modules.find(({ tensor }) => tensor === features)?.name ?? features;
  const view = model.views[features];
  return {
    status: 'found',
    source: {
      ...{ kind: 'features', tensor: features, ...(view && { view }), ...weights },
      levels: [{ layer, gridHeight, gridWidth }],
    },
  };
}

const noPooling: FoundEvidence = {
  status: 'absent',
  reason: 'its answer is not one matrix product of the mean of its features',
};

/** The node that made a tensor, behind those that leave its numbers. */
function makerBehind(
  flow: GraphFlow,
  tensor: string,
  passed: readonly string[],
): NodeProto | undefined {
  let node = flow.makers.get(flow.originOf(tensor));
  for (let steps = 0; node !== undefined && passed.includes(node.opType); steps++) {
    const [source] = dataInputs(flow, node);
    if (source === undefined || steps > passed.length) return undefined;
    node = flow.makers.get(source);
  }
  return node;
}

/** Tensors of the file that are the same for every image, in the forms in which quantizers leave them. */
function constantDims(graph: GraphProto, flow: GraphFlow, name: string): readonly number[] {
  const origin = flow.originOf(name);
  const tensor = graph.initializer.find((one) => one.name === origin);
  return (tensor?.dims ?? []).map(Number);
}

/** Of a Gemm, or a matrix product, with a constant of two axes. */
function weightsOf({ flow, graph }: PooledModel, { opType, input, attribute }: NodeProto) {
  const [, weights = ''] = input;
  const [first = 0, second = 0, ...more] = constantDims(graph, flow, weights);
  if (first === 0 || second === 0 || more.length > 0) return undefined;
  if (opType !== 'Gemm' && opType !== 'MatMul') return undefined;
  const scales = attribute.some(({ name, f }) => (name === 'alpha' || name === 'beta') && f !== 1);
  const transA = attribute.some(({ name, i }) => name === 'transA' && i !== 0n);
  if (scales || transA) return undefined;
  const isTurned = attribute.some(({ name, i }) => name === 'transB' && i === 1n);
  return isTurned
    ? { weights, weightsOrder: 'classes-first' as const, classes: first, channels: second }
    : { weights, weightsOrder: 'channels-first' as const, classes: second, channels: first };
}

/** A mean over both axes of the grid. */
function averagesSpace({ graph }: PooledModel, node: NodeProto): boolean {
  if (node.opType === 'GlobalAveragePool') return true;
  if (node.opType !== 'ReduceMean') return false;
  const axes = integersAttribute(node, 'axes');
  const stored = graph.initializer.find(({ name }) => name === node.input[1]);
  const given = axes.length > 0 ? axes : stored === undefined ? [] : int64Values(stored);
  const places = given.map((axis) => (axis < 0 ? axis + 4 : axis)).sort();
  return places.join() === '2,3';
}
