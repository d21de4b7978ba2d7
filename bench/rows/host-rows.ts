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
        imageCases.map(({ name }, index) => [`host-${index}`, shareOf(output, name, build.name)]),
      );
    },
  },
];

/** Of components alone: the last number of builds that have other maps too, else the third. */
function shareOf(output: string, name: string, build: string): number {
  const line = output.split('\n').find((one) => one.startsWith(name));
  const numbers = line?.slice(name.length).trim().split(/ +/).map(Number) ?? [];
  const share = numbers[6] ?? numbers[2];
  if (share === undefined)
    throw new Error(`host of ${build} printed no share of ${name}:\n${output}`);
  return share;
}
