import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { BinMean } from './bin-means.ts';

/**
 * Makes the means under their own names, as (sum of w e) / (sum of e) with e = exp(x - greatest x), both sums by one Conv: a softmax of its own over another axis than the last takes ONNX
 * Runtime five times as long on a CPU, which turns the axes, walks rows of sixteen numbers and turns them back. The file's own nodes must be cut out.
 */
export function addBinMeans(graph: GraphBuilder, means: readonly BinMean[]): void {
  for (const { input, perm, weights, bins, output } of means) {
    const logits = perm === undefined ? input : graph.op('Transpose', [input], { perm });
    const greatest = graph.reduced('ReduceMax', logits, 1, true);
    const powers = graph.op('Exp', [graph.op('Sub', [logits, greatest])]);
    const ones = graph.floats(`bins${bins}`, [1, bins, 1, 1], new Float32Array(bins).fill(1));
    // Both are constants: ONNX Runtime joins them when it opens the model.
    const both = graph.op('Concat', [weights, ones], { axis: 0 });
    const [weighted = '', sum = ''] = graph.parts(graph.op('Conv', [powers, both]), 1, 2);
    graph.op('Div', [weighted, sum], {}, output);
  }
}
