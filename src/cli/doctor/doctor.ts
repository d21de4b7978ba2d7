import { type ErrorCode, exitCodes } from '../../shared/errors.ts';
import { softwareVersions } from '../../shared/host/software-versions.ts';
import type { RedisTarget } from '../../shared/queue/redis-connection.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { colorsOf } from '../terminal/colors.ts';
import { openTerminal } from '../terminal/terminal.ts';
import type { DoctorCheck } from './doctor-check.ts';
import { checkDevices } from './doctor-devices.ts';
import { checkMachine } from './doctor-machine.ts';
import { checkModels } from './doctor-models.ts';
import { checkRedis } from './doctor-redis.ts';
import { checkSoftware } from './doctor-software.ts';
import { checkImages, checkOut } from './doctor-storage.ts';

export interface DoctorOptions {
  /** Print one JSON document instead of lines. */
  readonly json: boolean;
  /** The Redis of a fleet, to check too. */
  readonly redis?: RedisTarget;
  /** Where results go: tried with a small object. */
  readonly out?: ObjectStore;
  /** Where images are. */
  readonly images?: ObjectStore;
}

/**
 * `eigenfleet doctor`: checks everything a run needs on this machine, and the requested parts of a fleet, and says what to do about what is
 * missing. Resolves to the exit code: 0 when a run is possible, else that of the first problem: 6 (`device`) for
 * this machine, 11 (`refused`) or 8 (`redis`), 5 (`storage`).
 */
export async function doctor({ json, redis, out, images }: DoctorOptions): Promise<number> {
  const here = [
    ...(await checkSoftware()),
    ...(await checkDevices()),
    ...(await checkMachine()),
    await checkModels(),
  ];
  const queues = redis === undefined ? [] : await checkRedis(redis);
  const storage = [
    ...(images === undefined ? [] : [await checkImages(images)]),
    ...(out === undefined ? [] : [await checkOut(out)]),
  ];
  const checks = [...here, ...queues, ...storage];
  const ready = !hasProblem(checks);
  const terminal = openTerminal({ json });
  if (json) {
    const document = { schema: 'doctor@1', ready, versions: softwareVersions(), checks };
    terminal.print(JSON.stringify(document, null, 2));
  } else {
    terminal.print(checks.map(lineOf).join('\n'));
    terminal.print(`\n${verdict(checks)}`);
  }
  const rooms: readonly [ErrorCode, readonly DoctorCheck[]][] = [
    ['device', here],
    ['refused', queues.filter(({ data }) => data?.refused === true)],
    ['redis', queues],
    ['storage', storage],
  ];
  const [code] = rooms.find(([, found]) => hasProblem(found)) ?? [];
  return code === undefined ? 0 : exitCodes[code];
}

function hasProblem(checks: readonly DoctorCheck[]): boolean {
  return checks.some(({ status }) => status === 'problem');
}

const pc = colorsOf(process.stdout);

const marks = {
  ok: pc.green('✔'),
  note: pc.yellow('–'),
  problem: pc.red('✖'),
} as const;

function lineOf({ name, status, says, remedy }: DoctorCheck): string {
  const advice = remedy === undefined ? '' : ` ${pc.dim('→')} ${remedy}`;
  return `${marks[status]} ${name.padEnd(16)} ${says}${advice}`;
}

function verdict(checks: readonly DoctorCheck[]): string {
  const problems = checks.filter((check) => check.status === 'problem');
  if (problems.length > 0) {
    const names = problems.map((check) => check.name).join(', ');
    return `eigenfleet cannot run here yet: see ${names}.`;
  }
  const devices = checks.filter(
    ({ name, status }) => name.startsWith('device ') && status === 'ok',
  );
  const names = devices.map(({ name }) => name.slice('device '.length)).join(', ');
  return `eigenfleet can run here, on: ${names}.`;
}
