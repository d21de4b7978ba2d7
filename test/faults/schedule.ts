import { Seeded } from './seeded.ts';

/** Fault -> shortest and longest time that it lasts, in seconds. */
const everywhere = {
  'kill-worker': [0, 0],
  'kill-two-workers': [0, 0],
  'kill-storm': [8, 20],
  'term-worker': [0, 0],
  'stop-worker': [3, 14],
  'kill-coordinator': [0, 0],
  'redis-kill': [0.2, 6],
  'redis-pause': [10, 40],
  'redis-full': [4, 18],
  'redis-readonly': [3, 12],
  'redis-flush': [0, 0],
  'redis-cut-log': [0.2, 2],
  'client-kill': [0, 0],
  'enqueue-again': [0, 0],
  'clock-jump': [0, 0],
} as const;
const inFolder = { 'disk-full': [3, 35] } as const;
const inS3 = {
  's3-503': [3, 15],
  's3-slow': [4, 15],
  's3-cut': [3, 12],
  's3-stall': [3, 12],
  's3-lost-put': [3, 12],
  's3-refuse': [3, 12],
  's3-deny-put': [3, 35],
} as const;

export type FaultKind = keyof typeof everywhere | keyof typeof inFolder | keyof typeof inS3;
type Backend = 'folder' | 's3';

export interface FaultStep {
  readonly kind: FaultKind;
  /** After the fleet was started. */
  readonly atMs: number;
  readonly lastsMs: number;
  /** Seed of the choices that the fault makes, such as which worker. */
  readonly pick: number;
  /** Share of the requests that an S3 fault meets. */
  readonly share: number;
}

/** What happens to one fleet, and how that fleet is. */
export interface Schedule {
  readonly seed: number;
  readonly index: number;
  readonly backend: Backend;
  readonly images: number;
  readonly shardSize: number;
  readonly workers: number;
  /** Shards at once, of a worker. */
  readonly concurrency: number;
  /** Whether Redis keeps an append-only file. */
  readonly appendOnly: boolean;
  /** The first producer is killed after so long, and run again. */
  readonly killProducerAfterMs?: number;
  readonly steps: readonly FaultStep[];
}

/** The options that decide what its run comes to. */
export function runOptions({ shardSize }: Schedule): string[] {
  return ['--shard-size', `${shardSize}`, '--overlays', 'flagged,sample:20'];
}

/** What this machine can do besides. */
export interface Abilities {
  /** A clock of one process can be set. */
  readonly clock: boolean;
  /** A small disk can be made, to be filled. */
  readonly smallDisk: boolean;
}

/** `short` for a cut that runs with the tests: fewer images, at most two faults, each a tenth as long. */
export type ScheduleSize = 'full' | 'short';

/** The schedule `index` of a campaign; even ones work in a folder, odd ones in S3. Depends on nothing but its arguments. */
export function planSchedule(
  seed: number,
  index: number,
  abilities: Abilities,
  size: ScheduleSize = 'full',
): Schedule {
  const random = new Seeded(`${seed}/schedule/${index}`);
  const backend = index % 2 === 0 ? 'folder' : 's3';
  const kinds = planKinds(random, { backend, index, size, abilities });
  const killProducer = random.next() < 0.33;
  const killProducerAfterMs = Math.round(random.between(300, 2500));
  return {
    seed,
    index,
    backend,
    images: size === 'full' ? 120 : 12,
    shardSize: random.pick(size === 'full' ? [4, 6, 8, 12] : [2]),
    workers: size === 'full' ? random.pick([2, 3]) : 2,
    concurrency: random.pick([1, 2, 3]),
    appendOnly: kinds.includes('redis-cut-log') || random.next() < 0.5,
    ...(killProducer && { killProducerAfterMs }),
    steps: planSteps(random, kinds, size === 'full' ? 1 : 0.1),
  };
}

/** Every kind comes first in its turn; what follows is chosen freely. */
function planKinds(
  random: Seeded,
  plan: { backend: Backend; index: number; size: ScheduleSize; abilities: Abilities },
): FaultKind[] {
  const all = { ...everywhere, ...(plan.backend === 's3' ? inS3 : inFolder) };
  const { clock, smallDisk } = plan.abilities;
  const kinds = (Object.keys(all) as FaultKind[]).filter(
    (kind) => (kind !== 'clock-jump' || clock) && (kind !== 'disk-full' || smallDisk),
  );
  const first = kinds[(plan.index >> 1) % kinds.length] ?? 'kill-worker';
  const more = plan.size === 'full' ? random.pick([1, 2, 2, 3, 4]) : 1;
  const chosen = [first, ...Array.from({ length: more }, () => random.pick(kinds))];
  const firstPause = chosen.indexOf('redis-pause');
  return chosen.filter((kind, at) => kind !== 'redis-pause' || at === firstPause);
}

function planSteps(random: Seeded, kinds: readonly FaultKind[], scale: number): FaultStep[] {
  const spans: Readonly<Record<FaultKind, readonly [number, number]>> = {
    ...everywhere,
    ...inFolder,
    ...inS3,
  };
  let atMs = 0;
  return kinds.map((kind) => {
    atMs += Math.round(random.between(300, 4000) * Math.sqrt(scale));
    const [shortest, longest] = spans[kind];
    const lastsMs = Math.round(random.between(shortest, longest) * 1000 * scale);
    return { kind, atMs, lastsMs, pick: random.int(1000), share: random.pick([0.3, 0.6, 1]) };
  });
}
