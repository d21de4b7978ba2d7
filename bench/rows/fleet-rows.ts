import type { BenchGroup, BenchRow } from '../support/bench-row.ts';
import { runBench, runBenchAsCommand } from '../support/build.ts';

const row = (one: Omit<BenchRow, 'turns'>): BenchRow => ({ ...one, turns: { short: 1, full: 2 } });

/** What grows with the dataset: merging, compaction, planning and enqueueing. */
export const fleetRows: readonly BenchGroup[] = [
  {
    rows: [
      row({
        id: 'merge-cpu',
        words: 'merge of shards, 80 classes',
        unit: 's of CPU',
        better: 'low',
        aim: '<= 0.25 of before',
      }),
      row({
        id: 'merge-memory',
        words: 'merge of shards, peak memory',
        unit: 'MB',
        better: 'low',
        aim: '<= 300',
      }),
      row({
        id: 'compaction',
        words: 'compaction of rows',
        unit: 'rows/s',
        better: 'high',
        aim: '>= 7 of before',
      }),
    ],
    measure: async (build, { length }) => {
      const args = length === 'full' ? ['39000', '1000'] : ['1000', '40'];
      const { output } = await runBench(build, 'merge', args);
      const [, cpu, memory] = /^merge .*CPU ([\d.]+) s, (\d+) MB/m.exec(output) ?? [];
      const rows = /^compact .* ([\d,]+) rows\/s/m.exec(output)?.[1]?.replaceAll(',', '');
      return numbers({ 'merge-cpu': cpu, 'merge-memory': memory, compaction: rows });
    },
  },
  {
    rows: [
      row({
        id: 'enqueue',
        words: 'images listed, planned, enqueued',
        unit: 's',
        better: 'low',
        aim: '<= 0.45 of before',
      }),
      row({
        id: 'enqueue-cpu',
        words: 'the same',
        unit: 's of CPU',
        better: 'low',
        aim: '<= 0.45 of before',
      }),
      row({
        id: 'enqueue-memory',
        words: 'the same, peak memory',
        unit: 'MB',
        better: 'low',
        aim: '<= 150',
      }),
    ],
    measure: async (build, { length }) => {
      const { output } = await runBenchAsCommand(build, 'enqueue', [
        length === 'full' ? '10000000' : '200000',
      ]);
      const [, seconds, cpu] = /^in all +([\d.]+) s.*CPU ([\d.]+) s/m.exec(output) ?? [];
      const memory = /^producer +(\d+) MB/m.exec(output)?.[1];
      return numbers({ enqueue: seconds, 'enqueue-cpu': cpu, 'enqueue-memory': memory });
    },
  },
];

function numbers(found: Readonly<Record<string, string | undefined>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(found).map(([id, text]) => {
      if (text === undefined) throw new Error(`no number was printed for the row ${id}`);
      return [id, Number(text)];
    }),
  );
}
