import { bodiesOf } from '../graph/captured-inputs.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Replacement } from '../onnx/idle-nodes.ts';
import type { OnnxFile } from '../onnx/onnx-file.ts';
import { addBinMeans } from './bin-mean-graph.ts';
import { type BinMean, findBinMeans } from './bin-means.ts';
import { partsOf } from './graph-parts.ts';
import { addSplitConvs } from './split-conv-graph.ts';
import { findSplitConvs, type SplitConv } from './split-convs.ts';

/** What of a model's own graph ONNX Runtime computes sooner on a CPU when it is written in another way. Plain data. */
export interface Rewrites {
  readonly binMeans: readonly BinMean[];
  readonly splitConvs: readonly SplitConv[];
}

export const noRewrites: Rewrites = { binMeans: [], splitConvs: [] };

/** None where a node has a graph of its own, which may read anything. */
export function findRewrites({ graph, opset }: Pick<OnnxFile, 'graph' | 'opset'>): Rewrites {
  if (graph.node.some((node) => bodiesOf(node).length > 0)) return noRewrites;
  const parts = partsOf(graph, opset);
  return { binMeans: findBinMeans(parts), splitConvs: findSplitConvs(parts) };
}

/** Of those that compute nothing twice, because a tensor between is `wanted`. */
export function withoutDetours(
  { binMeans, splitConvs }: Rewrites,
  wanted: readonly string[],
): Rewrites {
  const isFree = ({ between }: Pick<BinMean | SplitConv, 'between'>) =>
    between.every((tensor) => !wanted.includes(tensor));
  return { binMeans: binMeans.filter(isFree), splitConvs: splitConvs.filter(isFree) };
}

export function replacementsOf({ binMeans, splitConvs }: Rewrites): Replacement[] {
  return [
    ...binMeans.map(({ input, weights, output }) => ({ made: [output], read: [input, weights] })),
    ...splitConvs.map(({ input, weights, bias = weights, parts }) => ({
      made: parts.map(({ output }) => output),
      read: [input, weights, bias],
    })),
  ];
}

/** Adds the new nodes of those that make anything `needed`. */
export function addRewrites(
  graph: GraphBuilder,
  { binMeans, splitConvs }: Rewrites,
  needed: ReadonlySet<string>,
): void {
  addBinMeans(
    graph,
    binMeans.filter(({ output }) => needed.has(output)),
  );
  addSplitConvs(graph, splitConvs, needed);
}
