import type { GraphProto, NodeProto } from 'onnx-buf';
import { dataInputs, type GraphFlow } from '../graph/graph-flow.ts';
import { isPassThrough } from '../graph/operators.ts';
import { levelInputs, walkBack } from './head-levels.ts';

/** What is known about a model besides its graph. */
export interface ModelParts {
  readonly imageInput: string;
  /** The head averages features over space: a classifier's. */
  readonly pools: boolean;
}

const poolings: readonly string[] = ['GlobalAveragePool', 'ReduceMean', 'AveragePool'];

/** Averages an activation over space. */
export function isPooling(flow: GraphFlow, node: NodeProto): boolean {
  const isPool = poolings.some((name) => node.opType === name || node.opType === `QLinear${name}`);
  return isPool && flow.activations.has(node.input[0] ?? '');
}

/**
 * Blocks of a graph without names. The head is all behind what it reads (`levelInputs`). Before it a block ends where one tensor alone is handed on,
 * besides the results of earlier blocks that are read later. Blocks are numbered from the image in an order that the file's order of nodes does not
 * change; the head's number is the last. Empty when the graph shows no head.
 */
export function modulesByStructure(
  graph: GraphProto,
  flow: GraphFlow,
  { imageInput, pools }: ModelParts,
): Map<NodeProto, number> {
  const inputs = pools ? pooledInputs(flow) : levelInputs(graph, flow, imageInput);
  const modules = new Map<NodeProto, number>();
  if (inputs.length === 0) return modules;
  const trunk = fromImage(flow, inputs);
  const ends = new Set(inputs);
  const blocks = new OpenTensors(flow, trunk, ends);
  // A classifier's last features belong to its head, as in YOLO.
  const last = pools ? trunk.at(-1) : undefined;
  let block = 0;
  for (const node of trunk) {
    modules.set(node, block);
    if (blocks.endsAt(node) && node !== last) block++;
  }
  for (const node of flow.nodes) {
    if (modules.has(node) || isPassThrough(node)) continue;
    if (node.output.some((output) => flow.activations.has(output))) modules.set(node, block);
  }
  return modules;
}

function pooledInputs(flow: GraphFlow): string[] {
  const isPool = (node: NodeProto) => isPooling(flow, node);
  for (const node of walkBack(flow, isPool)) {
    if (isPool(node)) return dataInputs(flow, node);
  }
  return [];
}

/** All nodes that `inputs` depend on, makers before readers, each node's inputs from first to last. */
function fromImage(flow: GraphFlow, inputs: readonly string[]): NodeProto[] {
  const ordered: NodeProto[] = [];
  const entered = new Set<NodeProto>();
  const pending = inputs.toReversed().map((tensor) => ({ tensor, isRead: false }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const node = flow.makers.get(next.tensor);
    if (node === undefined || isPassThrough(node)) continue;
    if (next.isRead) {
      ordered.push(node);
      continue;
    }
    if (entered.has(node)) continue;
    entered.add(node);
    pending.push({ tensor: next.tensor, isRead: true });
    for (const tensor of dataInputs(flow, node).toReversed()) {
      pending.push({ tensor, isRead: false });
    }
  }
  return ordered;
}

/** Which tensors are still to be read while the trunk is walked. */
class OpenTensors {
  readonly #flow: GraphFlow;
  readonly #ends: ReadonlySet<string>;
  /** Reads to come, by tensor. */
  readonly #reads = new Map<string, number>();
  /** Made inside of a block and still to be read. */
  readonly #inner = new Set<string>();

  constructor(flow: GraphFlow, trunk: readonly NodeProto[], ends: ReadonlySet<string>) {
    this.#flow = flow;
    this.#ends = ends;
    for (const node of trunk) {
      for (const input of dataInputs(flow, node)) {
        this.#reads.set(input, (this.#reads.get(input) ?? 0) + 1);
      }
    }
  }

  /** A block ends with this node. To be asked for each node of the trunk in turn. */
  endsAt(node: NodeProto): boolean {
    for (const input of dataInputs(this.#flow, node)) {
      const left = (this.#reads.get(input) ?? 0) - 1;
      this.#reads.set(input, left);
      if (left === 0) this.#inner.delete(input);
    }
    const [made, ...more] = node.output.filter((output) => output !== '');
    if (made !== undefined && more.length === 0) {
      const isWhole = this.#inner.size === 0 && !isUnfinished(this.#flow, node, made);
      if (isWhole || this.#ends.has(made)) return true;
    }
    for (const output of node.output) {
      if ((this.#reads.get(output) ?? 0) > 0) this.#inner.add(output);
    }
    return false;
  }
}

const steps = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'BatchNormalization', 'Clip', 'Sigmoid'],
  ...['HardSigmoid', 'HardSwish', 'Relu', 'LeakyRelu', 'PRelu', 'Elu', 'Selu', 'Celu', 'Tanh'],
  ...['Softplus', 'Softsign', 'Erf', 'Gelu', 'QuickGelu', 'Mish', 'Swish', 'ThresholdedRelu'],
  ...['QLinearSigmoid', 'QLinearLeakyRelu'],
]);

/** A convolution's result before its bias, normalization or activation function. */
function isUnfinished(flow: GraphFlow, maker: NodeProto, tensor: string): boolean {
  if (maker.opType.endsWith('Integer')) return true;
  const readers = flow.readers.get(tensor) ?? [];
  return readers.some((node) => steps.has(node.opType) && dataInputs(flow, node).length === 1);
}
