import type { GraphProto, NodeProto } from 'onnx-buf';
import type { ActivationLayer } from '../eigen-cam/eigen-cam-graph.ts';
import { isTransposition, toFirst } from '../graph/channel-axis.ts';
import type { GraphFlow } from '../graph/graph-flow.ts';
import { blockedDomain, integerAttribute } from '../graph/operators.ts';
import { sourcesOf } from '../onnx/tensor-view.ts';

/** A node that computes with a layer and with weights that the file has, so that what it computes can be computed again. */
export interface LayerReader {
  readonly node: NodeProto;
  readonly kind: 'convolution' | 'matrix';
  /** How the layer reaches it: as it is, averaged over the grid, or beside others along the channels. */
  readonly way:
    | { readonly kind: 'direct' }
    | { readonly kind: 'average' }
    | { readonly kind: 'beside'; readonly concat: string; readonly before: readonly string[] };
  /** [out, in / group, height, width] of a convolution, [in, out] of a matrix, [out, in] of a turned one. */
  readonly weights: string;
  readonly weightZero?: string | undefined;
  readonly weightScale?: string | undefined;
  readonly bias?: string | undefined;
  /** Of a bias in integers, together with the weights' own. */
  readonly inputScale?: string | undefined;
  readonly output: string;
  readonly outputScale?: string | undefined;
  readonly outputZero?: string | undefined;
  /** The output is in a unit of its own. */
  readonly unscaled: boolean;
  /** Channels of the output where they are blocked, as those of the weights are; else 0. */
  readonly blockedChannels: number;
}

type Inputs = Pick<
  LayerReader,
  'weights' | 'weightZero' | 'weightScale' | 'inputScale' | 'bias' | 'outputScale' | 'outputZero'
>;

/** The first reader of a layer with known weights; `undefined` where there is none. */
export function layerReader(
  graph: GraphProto,
  flow: GraphFlow,
  layer: Pick<ActivationLayer, 'tensor' | 'view'>,
): LayerReader | undefined {
  const initializers = new Map(graph.initializer.map(({ name, dims }) => [name, dims.map(Number)]));
  const parts = sourcesOf(layer.tensor, layer.view).map(flow.originOf);
  const direct = parts.length > 1 ? [] : readersOf(flow, parts[0] ?? '');
  const isTokens = layer.view?.kind === 'tokens' || layer.view?.kind === 'channels-last';
  const turned = direct.filter((node) => isTokens && isTransposition(node, toFirst));
  for (const node of turned.flatMap(({ output }) => readersOf(flow, output[0] ?? ''))) {
    const found = convolutionIn(flow, node, initializers);
    if (found !== undefined) return { ...found, way: { kind: 'direct' } };
  }
  for (const node of direct) {
    const found = isTokens ? matrixIn(flow, node) : convolutionIn(flow, node, initializers);
    if (found !== undefined) return { ...found, way: { kind: 'direct' } };
  }
  for (const node of direct) {
    const found = isTokens ? undefined : averagedMatrix(flow, node);
    if (found !== undefined) return found;
  }
  return isTokens ? undefined : besideReader(flow, parts, initializers);
}

type Found = Omit<LayerReader, 'way'>;

function readersOf({ readers }: GraphFlow, tensor: string): readonly NodeProto[] {
  return readers.get(tensor) ?? [];
}

/** Where each kind of convolution has its parameters. One fused with a sum or an activation answers for more than its weights. */
function inputsOf({ opType, input }: NodeProto): Inputs | undefined {
  const at = (place: number) => input[place] || undefined;
  const weights = input[opType === 'QLinearConv' ? 3 : 1] ?? '';
  if (opType === 'Conv' || opType === 'FusedConv') {
    return at(3) === undefined ? { weights, bias: at(2) } : undefined;
  }
  if (opType === 'ConvInteger') return { weights, weightZero: at(3) };
  if (opType !== 'QLinearConv') return undefined;
  const output = { outputScale: at(6), outputZero: at(7) };
  const scales = { weightScale: at(4), weightZero: at(5), inputScale: at(1) };
  return { weights, bias: at(8), ...scales, ...output };
}

function convolutionIn(
  flow: GraphFlow,
  node: NodeProto,
  initializers: ReadonlyMap<string, readonly number[]>,
): Found | undefined {
  const inputs = inputsOf(node);
  const [output] = node.output;
  if (inputs === undefined || output === undefined) return undefined;
  if (flow.activations.has(inputs.weights) || node.attribute.some(isFusing)) return undefined;
  if (integerAttribute(node, 'channels_last') === 1) return undefined;
  const isBlocked = node.domain === blockedDomain;
  const [outputs] = initializers.get(inputs.weights) ?? [];
  // Weights of groups are blocked otherwise.
  const isGrouped = (integerAttribute(node, 'group') ?? 1) > 1;
  if (isBlocked && (outputs === undefined || isGrouped)) return undefined;
  const blockedChannels = isBlocked ? (outputs ?? 0) : 0;
  const unscaled = node.opType === 'ConvInteger';
  return { node, kind: 'convolution', ...inputs, output, unscaled, blockedChannels };
}

function isFusing({ name, s }: NodeProto['attribute'][number]): boolean {
  if (name === 'activation') return s.length > 0;
  return name === 'auto_pad' && !['NOTSET', 'VALID', ''].includes(new TextDecoder().decode(s));
}

function matrixIn(flow: GraphFlow, node: NodeProto): Found | undefined {
  const [, weights = '', bias] = node.input;
  const [output] = node.output;
  const isMatrix = node.opType === 'MatMul' || node.opType === 'Gemm';
  if (!isMatrix || output === undefined || flow.activations.has(weights)) return undefined;
  if (node.attribute.some(({ name, f }) => (name === 'alpha' || name === 'beta') && f !== 1)) {
    return undefined;
  }
  if (integerAttribute(node, 'transA') === 1) return undefined;
  const added = bias === undefined || bias === '' ? {} : { bias };
  return { node, kind: 'matrix', weights, ...added, output, unscaled: false, blockedChannels: 0 };
}

const averaging = new Set(['GlobalAveragePool', 'ReduceMean']);
const flattening = new Set(['Flatten', 'Reshape', 'Squeeze']);

/** A classifier's last matrix, which reads the mean over the grid. */
function averagedMatrix(flow: GraphFlow, node: NodeProto): LayerReader | undefined {
  if (!averaging.has(node.opType)) return undefined;
  let next = readersOf(flow, node.output[0] ?? '');
  for (let step = 0; step < 2; step++) {
    const [only] = next;
    if (next.length !== 1 || only === undefined) return undefined;
    const found = matrixIn(flow, only);
    if (found !== undefined) return { ...found, way: { kind: 'average' } };
    if (!flattening.has(only.opType)) return undefined;
    next = readersOf(flow, only.output[0] ?? '');
  }
  const [last] = next;
  const found = next.length === 1 && last !== undefined ? matrixIn(flow, last) : undefined;
  return found && { ...found, way: { kind: 'average' } };
}

/** A convolution behind a Concat along the channels, among whose inputs the parts stand one after the other. */
function besideReader(
  flow: GraphFlow,
  parts: readonly string[],
  initializers: ReadonlyMap<string, readonly number[]>,
): LayerReader | undefined {
  for (const concat of readersOf(flow, parts[0] ?? '')) {
    if (concat.opType !== 'Concat' || integerAttribute(concat, 'axis') !== 1) continue;
    const inputs = concat.input.map(flow.originOf);
    // Parts that are not side by side there were joined wrongly, which the numbers show.
    const start = inputs.indexOf(parts[0] ?? '');
    const [made] = concat.output;
    if (start < 0 || made === undefined) continue;
    for (const node of readersOf(flow, made)) {
      const found = convolutionIn(flow, node, initializers);
      if (found === undefined || found.blockedChannels > 0) continue;
      const before = concat.input.slice(0, start);
      return { ...found, way: { kind: 'beside', concat: made, before } };
    }
  }
  return undefined;
}
