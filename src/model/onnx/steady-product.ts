import type { GraphBuilder } from './graph-builder.ts';

/** Two matrices to multiply, [B, r, d] and [B, d, n]. */
export interface SteadyFactors {
  readonly rows: string;
  readonly matrix: string;
  /** `matrix` transposed, where the graph has it. */
  readonly turned?: string;
  readonly size: {
    /** r, at most. */
    readonly rows: number;
    /** d */
    readonly depth: number;
    /** n */
    readonly columns: number;
  };
}

/** So many products of a sum ONNX Runtime always adds at once (`MLAS_SGEMM_STRIDEK`). */
const depthAtOnce = 128;

/**
 * Appends a product of matrices whose sums are added in one order with any number of threads, so that results are the same bytes. ONNX Runtime divides a result's longer side among threads, and the
 * fewer columns a thread has, the more products of a sum it adds at once. A result of more columns than rows is computed transposed, so that its rows are divided, where sums are long enough to
 * differ: that pads the few columns to 16, and took 40 % longer for five rows.
 */
export function addSteadyProduct(
  graph: GraphBuilder,
  { rows, matrix, turned, size }: SteadyFactors,
): string {
  if (size.depth <= depthAtOnce || size.rows >= size.columns) {
    return graph.op('MatMul', [rows, matrix]);
  }
  const left = turned ?? graph.transposed(matrix);
  return graph.transposed(graph.op('MatMul', [left, graph.transposed(rows)]));
}
