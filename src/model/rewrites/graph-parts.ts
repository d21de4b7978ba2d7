import type { GraphProto, NodeProto, TensorProto } from 'onnx-buf';
import { elementTypes } from '../onnx/element-types.ts';
import { int64Values } from '../onnx/int64-values.ts';
import { isOwn } from './own-node.ts';

/** What the search for rewrites asks of a graph again and again. */
export interface GraphParts {
  readonly nodes: readonly NodeProto[];
  readonly opset: number;
  readonly makers: ReadonlyMap<string, NodeProto>;
  /** Sizes of float32 initializers. */
  readonly sizes: ReadonlyMap<string, readonly number[]>;
  /** Lists of int64 that the file holds, as initializers or as constants of nodes. */
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
    makers: new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node]))),
    lists: new Map(listsIn(graph).map(([name, tensor]) => [name, int64Values(tensor)])),
    sizes: new Map(floats.map(({ name, dims }) => [name, dims.map(Number)])),
    reads,
  };
}

function listsIn(graph: GraphProto): (readonly [name: string, tensor: TensorProto])[] {
  const stored = graph.initializer.map((tensor) => [tensor.name, tensor] as const);
  const constants = graph.node
    .filter((node) => isOwn(node, 'Constant'))
    .map(
      (node) =>
        [node.output[0] ?? '', node.attribute.find(({ name }) => name === 'value')?.t] as const,
    );
  return [...stored, ...constants].flatMap(([name, tensor]) =>
    tensor?.dataType === elementTypes.int64 && tensor.dims.length === 1 ? [[name, tensor]] : [],
  );
}
