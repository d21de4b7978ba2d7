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
    for (const k of [1, 10])
      found[`graph-${id}-k${k}`] = ratioOf(output, { id, k, build: build.name });
    return found;
  },
}));

/** Of the line of this input, which older builds name by its size among those of others. Milliseconds, then, of builds that print them, those of the CPU, then the ratio. */
function ratioOf(
  output: string,
  { id, k, build }: { id: string; k: number; build: string },
): number {
  const lines = output.split('\n').filter((line) => new RegExp(`k = ${k} +[\\d.]+`).test(line));
  const line = lines.find((one) => one.startsWith(`${id} px`)) ?? lines[0] ?? '';
  const [, ratio] = /k = \d+ +[\d.]+ +(?:[\d.]+ +)??([\d.]+)(?: \(.*)?$/.exec(line) ?? [];
  if (ratio === undefined)
    throw new Error(`graph of ${build} printed no ratio of k = ${k}:\n${output}`);
  return Number(ratio);
}
