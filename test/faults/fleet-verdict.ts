import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crowding } from './crowding.ts';
import { filesBelow } from './fault-free-run.ts';
import type { FaultWorld } from './fault-world.ts';
import type { Exit } from './kept-process.ts';
import type { FaultStep } from './schedule.ts';
import { counted } from './schedule-verdict.ts';

/** How a service ended. */
export interface ServiceEnd {
  readonly name: string;
  /** Before it was asked to stop. */
  readonly exits: readonly Exit[];
  /** When it was asked. */
  readonly stop: Exit | 'hung';
}

/** What the fleet left behind: exit codes, keys in Redis, processes, temporary files, words that no service says. */
export async function judgeFleet(
  world: FaultWorld,
  ends: readonly ServiceEnd[],
  strays: readonly number[],
): Promise<string[]> {
  const temporary = await filesBelow(join(world.folder, 'tmp'));
  return [
    ...judgeExits(world, ends),
    ...(await judgeRedis(world)),
    ...counted(strays.map(String), 'processes are left'),
    ...counted(temporary, 'temporary files are left'),
    ...(await judgeLogs(world)),
  ];
}

/**
 * What docs/operations.md promises. A signal is not an exit of the product's own; SIGTERM may come before Node listens to it. Where Redis or storage was away,
 * or the machine has more to do than it can, a service may not stop in good order in time (130, or SIGINT as shells report it), and a producer gives up (8 or 5, and
 * 11 where Redis was a replica).
 */
function judgeExits({ schedule, producerExits }: FaultWorld, ends: readonly ServiceEnd[]) {
  const away = schedule.steps.some(({ kind }: FaultStep) =>
    /^redis-|^client-|^s3-|^disk-/.test(kind),
  );
  const allowed: readonly Exit[] = [
    ...[0, 'SIGKILL' as const, 'SIGTERM' as const],
    ...(away || crowding() > 1 ? [130, 'SIGINT' as const] : []),
  ];
  const odd = ends.flatMap(({ name, exits }) =>
    exits.filter((exit) => !allowed.includes(exit)).map((exit) => `${name} with ${exit}`),
  );
  const stops = ends
    .filter(({ stop }) => stop !== 0)
    .map(({ name, stop }) => `${name} ${stop === 'hung' ? 'hung' : `with ${stop}`}`);
  const replica = schedule.steps.some(({ kind }) => kind === 'redis-readonly');
  const codes: readonly Exit[] = [0, 5, 8, ...(replica ? [11] : [])];
  const producers = producerExits.filter((exit) => !codes.includes(exit));
  return [
    ...counted(odd, 'exits that are not documented'),
    ...counted(stops, 'services did not stop as asked'),
    ...counted(producers.map(String), 'producers ended with a code that is not documented'),
  ];
}

const prefix = '{eigenfleet}:';

/** A closed run leaves no lock, no note of images under way, no job, and no worker that never expires. */
async function judgeRedis({ askRedis }: FaultWorld): Promise<string[]> {
  const keys = (await askRedis('KEYS', '*')) as string[];
  const left = keys.filter((key) => !key.startsWith(prefix) || /:lock$|:crash:/.test(key));
  for (const key of keys.filter((name) => name.startsWith(`${prefix}worker:`))) {
    if (Number(await askRedis('TTL', key)) < 0) left.push(`${key} never expires`);
  }
  for (const queue of ['shards', 'summaries']) {
    for (const [state, command] of states) {
      const jobs = Number(await askRedis(command, `${prefix}${queue}:${state}`));
      if (jobs > 0) left.push(`${jobs} ${state} in ${queue}`);
    }
  }
  return counted(left, 'keys are left in Redis');
}

const states = [
  ['wait', 'LLEN'],
  ['active', 'LLEN'],
  ['prioritized', 'ZCARD'],
  ['delayed', 'ZCARD'],
  ['failed', 'ZCARD'],
] as const;

/** Services write JSON lines, and a sentence when they cannot start; nobody prints a stack or finds a fault in eigenfleet itself. */
async function judgeLogs({ serviceLog, producerLog }: FaultWorld): Promise<string[]> {
  const services = (await linesOf(serviceLog)).filter((line) => !isInOrder(line));
  const producers = (await linesOf(producerLog)).filter((line) =>
    /^ {4}at |unexpected fault|^\w*Error\b/.test(line),
  );
  return counted([...new Set([...services, ...producers])].map(shortened), 'odd lines in the logs');
}

async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** As it begins: a killed process may not have finished its line. */
function isInOrder(line: string): boolean {
  return /^(\{"|error: )/.test(line) && !line.includes('unexpected fault');
}

function shortened(line: string): string {
  return JSON.stringify(line.slice(0, 200));
}
