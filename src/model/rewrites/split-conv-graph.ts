import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { SplitConv } from './split-convs.ts';

/**
 * Makes each part by a Conv of its own, under its own name: the same numbers to the bit; what follows may take another of ONNX Runtime's kernels, and differ by float32's rounding. ONNX Runtime computes on blocks of channels, for which a Split is a stop: it unpacks the blocks before
 * and packs those of every part behind it. The file's own nodes must be cut out. Parts that are not `needed` are left out.
 */
export function addSplitConvs(
  graph: GraphBuilder,
  convs: readonly SplitConv[],
  needed: ReadonlySet<string>,
): void {
  for (const { input, weights, bias, activation, parts } of convs) {
    let start = 0;
    for (const { output, channels } of parts) {
      const range = { start, end: start + channels, step: 1 };
      start += channels;
      if (!needed.has(output)) continue;
      // Slices of constants: ONNX Runtime makes them when it opens the model.
      const own = [weights, ...(bias === undefined ? [] : [bias])];
      const inputs = [input, ...own.map((constant) => graph.sliced(constant, 0, range))];
      if (activation === 'none') graph.op('Conv', inputs, {}, output);
      else {
        const sum = graph.op('Conv', inputs);
        graph.op('Mul', [sum, graph.op('Sigmoid', [sum])], {}, output);
      }
    }
  }
}
