import { parseArgs } from 'node:util';

export const parts = ['schedules', 'pictures', 'models'] as const;
export type Part = (typeof parts)[number];

export interface CampaignOptions {
  readonly seed: number;
  /** For all parts together, where their counts are not given. */
  readonly minutes: number;
  /** What is to be tried, in this order. */
  readonly parts: readonly PartPlan[];
  /** Schedules at once. */
  readonly jobs: number;
}

export interface PartPlan {
  readonly part: Part;
  readonly first: number;
  /** As many as fit into the time when absent. */
  readonly count?: number;
}

export const usage = `npm run test:faults -- [options]

Fault schedules over whole fleets, damaged pictures and mutated models, made from a seed; prints what went wrong and how to see it again.

  --minutes N     tries as many as fit into N minutes (default: 20)
  --seed S        another campaign (default: 1)
  --only PART     schedules, pictures or models
  --schedules N   exactly N of them; likewise --pictures N and --models N
  --first N       the first one's number (default: 0)
  --schedule N    one of them again; likewise --picture N and --model N
  --jobs N        schedules at once (default: 2)
`;

const number = { type: 'string' } as const;

/** @throws TypeError in words for people when an option is none. */
export function readCampaignOptions(args: readonly string[]): CampaignOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ minutes: number, seed: number, first: number, jobs: number, only: { type: 'string' } },
      ...{ schedules: number, pictures: number, models: number },
      ...{ schedule: number, picture: number, model: number },
    },
  });
  const numberOf = (name: keyof typeof values): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text === '' || !(value >= 0)) throw new TypeError(`--${name} ${text} is not a number.`);
    return value;
  };
  const first = numberOf('first') ?? 0;
  const single = { schedules: 'schedule', pictures: 'picture', models: 'model' } as const;
  const named = parts.flatMap((part): PartPlan[] => {
    const one = numberOf(single[part]);
    if (one !== undefined) return [{ part, first: one, count: 1 }];
    const count = numberOf(part);
    return count === undefined ? [] : [{ part, first, count }];
  });
  const only = parts.filter((part) => values.only === undefined || values.only === part);
  if (only.length === 0) throw new TypeError(`--only takes ${parts.join(', ')}.`);
  return {
    seed: numberOf('seed') ?? 1,
    minutes: numberOf('minutes') ?? 20,
    parts: named.length > 0 ? named : only.map((part) => ({ part, first })),
    jobs: numberOf('jobs') ?? 2,
  };
}
