import type { GraphProto, NodeProto } from 'onnx-buf';
import { flowOf, type GraphFlow } from '../graph/graph-flow.ts';
import { modulesByNames } from './named-modules.ts';
import { type ModelParts, modulesByStructure } from './structural-blocks.ts';
import { modulesByWeights } from './weight-modules.ts';

/** A graph whose nodes are assigned to the modules of the network. */
export interface ScopedGraph extends GraphFlow {
  /** N of the node's `model.N`, or of its `block.N`; `undefined` for a node outside all modules. */
  readonly moduleOf: (node: NodeProto) => number | undefined;
  /** What modules are called: `model`, as the file has it, or `block`, where it names none and the graph alone tells. */
  readonly prefix: 'model' | 'block';
}

/**
 * Exporters name a node after the Python attribute path of its module, or note that path beside it; where they do neither, weights still have it; where
 * all names are lost, the graph itself shows its head and its blocks.
 */
export function scopeGraph(graph: GraphProto, imageInput: string, parts: ModelParts): ScopedGraph {
  const flow = flowOf(graph, imageInput);
  const named = modulesByNames(flow) ?? modulesByWeights(graph, flow);
  const modules = named ?? modulesByStructure(graph, flow, parts);
  return {
    ...flow,
    moduleOf: (node) => modules.get(node),
    prefix: named === undefined ? 'block' : 'model',
  };
}
