import type { BenchGroup, BenchRow } from '../support/bench-row.ts';
import { runBench } from '../support/build.ts';

const inputs = [
  { id: '640', model: 'bench/models/bccd-yolov8n-640.onnx', aims: ['<= 1.015', '<= 1.04'] },
  { id: '320', model: 'examples/blood-cells/bccd-yolov8n.onnx', aims: ['<= 1.04', '<= 1.08'] },
] as const;

/** Augmented / bare, three layers, one session with all threads: medians over the rounds of one process. */
export const graphRows: readonly BenchGroup[] = inputs.map(({ id, model, aims }) => ({
  rows: [1, 10].map(
    (k, index): BenchRow => ({
      id: `graph-${id}-k${k}`,
      words: `augmented / bare model, ${id} px, k = ${k}`,
      ...{ unit: 'ratio', better: 'low', aim: aims[index] ?? '', turns: { short: 2, full: 6 } },
    }),
  ),
  measure: async (build, { length }) => {
    const { output } = await runBench(build, 'graph', [length === 'full' ? '50' : '12', model]);
    const found: Record<string, number> = {};
    for (const k of [1, 10]) {
      const ratio = new RegExp(`Eigen-CAM, k = ${k} +[\\d.]+ +([\\d.]+)`).exec(output)?.[1];
      if (ratio !== undefined) found[`graph-${id}-k${k}`] = Number(ratio);
    }
    return found;
  },
}));
