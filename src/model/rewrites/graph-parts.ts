import type { GraphProto, NodeProto } from 'onnx-buf';
import { type Makers, makersOf } from '../onnx/computing-node.ts';
import { elementTypes } from '../onnx/element-types.ts';
import { integerConstants } from '../onnx/integer-constants.ts';

/** What the search for rewrites asks of a graph again and again. */
export interface GraphParts {
  readonly nodes: readonly NodeProto[];
  readonly opset: number;
  readonly makers: Makers;
  /** Sizes of float32 initializers. */
  readonly sizes: ReadonlyMap<string, readonly number[]>;
  /** As `integerConstants` has them: empty for any other constant. */
  readonly lists: ReadonlyMap<string, readonly number[]>;
  /** How often a tensor is read, by the graph's own outputs too. Subgraphs are not looked into. */
  readonly reads: ReadonlyMap<string, number>;
}

export function partsOf(graph: GraphProto, opset: number): GraphParts {
  const reads = new Map<string, number>();
  const read = (tensor: string) => reads.set(tensor, (reads.get(tensor) ?? 0) + 1);
  for (const { input } of graph.node) input.forEach(read);
  for (const { name } of graph.output) read(name);
  const floats = graph.initializer.filter(({ dataType }) => dataType === elementTypes.float32);
  return {
    nodes: graph.node,
    opset,
    makers: makersOf(graph),
    lists: integerConstants(graph),
    sizes: new Map(floats.map(({ name, dims }) => [name, dims.map(Number)])),
    reads,
  };
}
