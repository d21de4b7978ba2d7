import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CampaignOptions,
  type PartPlan,
  readCampaignOptions,
  usage,
} from './campaign-options.ts';
import { campaignParts } from './campaign-parts.ts';
import { forAWhile } from './for-a-while.ts';
import type { PartResult } from './part-result.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

process.setMaxListeners(0);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof TypeError)) throw error;
  say(`${error.message}\n\n${usage}`);
  return 2;
});

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    say(usage);
    return 0;
  }
  const options = readCampaignOptions(args);
  const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-faults-'));
  const results = await runParts(options, folder);
  for (const result of results) for (const line of wordsOf(result, options.seed)) say(line);
  const failed = results.some(({ failures }) => failures.length > 0);
  if (failed) say(`What they left is in ${folder}`);
  else await rm(folder, { recursive: true, force: true });
  return failed ? 1 : 0;
}

/** One part after the other. Schedules are what most of the time is for, and the last. */
async function runParts(options: CampaignOptions, folder: string): Promise<PartResult[]> {
  const weights = { pictures: 1, models: 1, schedules: 3 } as const;
  const order = [...options.parts].sort((a, b) => weights[a.part] - weights[b.part]);
  const whole = order.reduce((sum, { part }) => sum + weights[part], 0);
  const results: PartResult[] = [];
  for (const plan of order) {
    const shareMs = (options.minutes * 60_000 * weights[plan.part]) / whole;
    results.push(await runPart(plan, options, folder, shareMs));
  }
  return results;
}

async function runPart(
  { part, first, count }: PartPlan,
  { seed, jobs }: CampaignOptions,
  folder: string,
  shareMs: number,
): Promise<PartResult> {
  const wanted = { seed, first, jobs, folder: join(folder, part), say };
  const goesOn = count === undefined ? forAWhile(shareMs) : (tried: number) => tried < count;
  return campaignParts[part]({ ...wanted, goesOn, ...(count !== undefined && { count }) });
}

function wordsOf({ part, tried, words, failures }: PartResult, seed: number): string[] {
  const single = part.slice(0, -1);
  return [
    `${part}: ${tried} tried, ${failures.length} went wrong${words === '' ? '' : `; ${words}`}`,
    ...failures.flatMap(({ index, count = 1, wrong }) => {
      const which = count === 1 ? `--${single} ${index}` : `--first ${index} --${part} ${count}`;
      return [
        `  ${single} ${index}: ${wrong.join('; ')}`,
        `    again: npm run test:faults -- --seed ${seed} ${which}`,
      ];
    }),
  ];
}
