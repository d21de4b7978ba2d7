import type { BenchGroup, BenchRow } from '../support/bench-row.ts';
import { runBench } from '../support/build.ts';
import { imageCases } from '../support/image-cases.ts';

const aims = ['>= 0.80', '>= 0.85', '>= 0.80'];

/** The host's own speed with a session that answers at once, as a share of nothing but decoding. Newer builds do more by default; each is measured as it comes. */
export const hostRows: readonly BenchGroup[] = [
  {
    rows: imageCases.map(
      ({ name }, index): BenchRow => ({
        id: `host-${index}`,
        words: `host alone / decoding alone, ${name}`,
        ...{ unit: 'ratio', better: 'high', aim: aims[index] ?? '', turns: { short: 1, full: 4 } },
      }),
    ),
    measure: async (build, { length }) => {
      const args = length === 'full' ? ['768', '3'] : ['96', '2'];
      const { output } = await runBench(build, 'host', args);
      return Object.fromEntries(
        imageCases.flatMap(({ name }, index) => {
          const line = output.split('\n').find((one) => one.startsWith(name));
          const share = line?.slice(name.length).trim().split(/ +/)[2];
          return share === undefined ? [] : [[`host-${index}`, Number(share)]];
        }),
      );
    },
  },
];
