import type { NodeProto } from 'onnx-buf';
import { rememberedByObject } from '../../shared/host/remembered.ts';
import type { TensorView } from '../onnx/tensor-view.ts';
import type { GraphFlow } from './graph-flow.ts';
import { blockedDomain } from './operators.ts';

/** Where a quantized operator (ONNX, ONNX Runtime's `contrib_ops`) takes the scale of its result; the zero point stands behind it. */
const scaleInputs: Readonly<Record<string, number>> = {
  QuantizeLinear: 1,
  QLinearConv: 6,
  QLinearMatMul: 6,
  QLinearAdd: 6,
  QLinearMul: 6,
  QLinearSigmoid: 3,
  QLinearLeakyRelu: 3,
  QLinearSoftmax: 3,
  QLinearAveragePool: 3,
  QLinearGlobalAveragePool: 3,
  QLinearReduceMean: 3,
  QLinearConcat: 0,
};

/** They hand on numbers as they are, and with them their scale. */
const moving = new Set([
  ...['MaxPool', 'Resize', 'Upsample', 'Split', 'Slice', 'Concat', 'Pad', 'Identity'],
  ...['Reshape', 'Transpose', 'Flatten', 'Squeeze', 'Unsqueeze', 'DepthToSpace', 'SpaceToDepth'],
]);

/** How to read the activations that are quantized, or whose channels are blocked; by tensor. Float tensors are not in it. */
export function tensorViews(flow: GraphFlow): Map<string, TensorView> {
  const views = new Map<string, TensorView>();
  for (const node of flow.nodes) {
    const view = viewOf(node, views);
    if (view === undefined) continue;
    for (const output of dataOutputs(node)) views.set(output, view);
  }
  return views;
}

function viewOf(node: NodeProto, views: ReadonlyMap<string, TensorView>): TensorView | undefined {
  const { opType, domain, input, output } = node;
  if (opType === 'DequantizeLinear' || opType === 'ReorderOutput') return undefined;
  if (domain === blockedDomain) return { kind: 'unblock' };
  const [, scale = '', zeroPoint = ''] = output;
  if (opType === 'DynamicQuantizeLinear') return { kind: 'dequantize', scale, zeroPoint };
  const place = scaleInputs[opType];
  if (place !== undefined) {
    return { kind: 'dequantize', scale: input[place] ?? '', zeroPoint: input[place + 1] ?? '' };
  }
  const known = input.map((name) => views.get(name)).find((view) => view !== undefined);
  if (known === undefined) return undefined;
  return known.kind === 'unblock' || moving.has(opType) ? known : undefined;
}

function dataOutputs({ opType, output }: NodeProto): string[] {
  return opType === 'DynamicQuantizeLinear' ? output.slice(0, 1) : output;
}

/**
 * The tensors of one module that a Concat behind it reads side by side, where `last` is one of them: what the module's own Concat made, before a
 * simplifier merged the two. Only `last` where the module hands out a single tensor.
 */
export function mergedParts(
  readers: readonly NodeProto[],
  last: string,
  isOwn: (tensor: string) => boolean,
): readonly string[] {
  for (const reader of readers) {
    const inputs = reader.opType === 'Concat' ? reader.input : [];
    let start = placesOf(reader).get(last) ?? 0;
    let end = start + 1;
    while (start > 0 && isOwn(inputs[start - 1] ?? '')) start--;
    while (end < inputs.length && isOwn(inputs[end] ?? '')) end++;
    if (end - start > 1) return inputs.slice(start, end);
  }
  return [last];
}

const placesOf = rememberedByObject(
  ({ input }: NodeProto) => new Map(input.map((tensor, place) => [tensor, place])),
);
