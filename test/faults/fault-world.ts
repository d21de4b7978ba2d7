import { writeFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { FolderStore } from '../../src/shared/storage/folder-store.ts';
import type { ObjectStore } from '../../src/shared/storage/object-store.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import type { Ground } from './ground.ts';
import { type Exit, exitOf, KeptProcess, spawnCli } from './kept-process.ts';
import { markedProcesses } from './marked-processes.ts';
import { type S3FaultProxy, startS3FaultProxy } from './s3-fault-proxy.ts';
import { runOptions, type Schedule } from './schedule.ts';
import { Seeded } from './seeded.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

/** A fleet with results, Redis and processes of its own, in which one schedule happens. */
export interface FaultWorld {
  readonly schedule: Schedule;
  readonly folder: string;
  /** The results, read past all faults. */
  readonly store: ObjectStore;
  /** The results' folder, when they are in one. */
  readonly outFolder: string | undefined;
  readonly outUri: string;
  readonly redis: RedisServer;
  readonly redisFolder: string;
  readonly proxy: S3FaultProxy | undefined;
  readonly workers: readonly KeptProcess[];
  readonly coordinator: KeptProcess;
  /** Files whose text is added to the clock of one process each. */
  readonly clocks: readonly string[];
  /** How each producer ended that was not killed. */
  readonly producerExits: Exit[];
  /** What happened besides, for people. */
  readonly notes: string[];
  /** In the environment of all its processes. */
  readonly mark: string;
  readonly serviceLog: string;
  readonly producerLog: string;
  /** Starts a producer of the schedule's run; killed after `killAfterMs` when given. */
  produce(killAfterMs?: number): Promise<Exit>;
  /** Asks Redis past its faults, as often as it takes. */
  askRedis(...words: readonly string[]): Promise<unknown>;
  /** Ends what still lives and deletes what it holds outside its folder. */
  end(): Promise<void>;
}

const lockSeconds = 8;

export async function makeWorld(ground: Ground, schedule: Schedule): Promise<FaultWorld> {
  const name = `${schedule.seed}-${schedule.index}`;
  const folder = join(ground.folder, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'tmp'), { recursive: true });
  const redisFolder = join(folder, 'redis');
  await mkdir(redisFolder);
  const place = await makePlace(ground, schedule, folder);
  const redis = await startRedis({ dir: redisFolder, appendOnly: schedule.appendOnly });
  const marked = `${name}-${process.pid}`;
  const env: NodeJS.ProcessEnv = {
    ...ground.environment(place.proxy?.endpoint),
    TMPDIR: join(folder, 'tmp'),
    EIGENFLEET_FAULTS: marked,
    REDIS_URL: redis.url,
  };
  const logs = {
    serviceLog: join(folder, 'services.log'),
    producerLog: join(folder, 'producers.log'),
  };
  const services = makeServices(ground, schedule, { folder, env, outUri: place.outUri, ...logs });
  const target = ['--out', place.outUri, ...runOptions(schedule), '--quiet'];
  const enqueue = ['enqueue', ...(await ground.input(schedule)), ...target];
  const mark = `EIGENFLEET_FAULTS=${marked}`;
  const producerExits: Exit[] = [];
  return {
    schedule,
    folder,
    ...place,
    ...services,
    ...logs,
    redis,
    redisFolder,
    producerExits,
    notes: [],
    mark,
    produce: (killAfterMs) =>
      produce(enqueue, { env, logPath: logs.producerLog, killAfterMs, exits: producerExits }),
    askRedis: (...words) => askRedis(redis.url, words),
    end: async () => {
      for (const service of [...services.workers, services.coordinator]) await service.stop(0);
      for (const id of markedProcesses(mark)) process.kill(id, 'SIGKILL');
      await redis.close();
      await place.proxy?.close();
      place.release();
    },
  };
}

/** Where the results go: a folder, or S3 behind a proxy. */
async function makePlace(
  ground: Ground,
  { backend, steps, seed, index }: Schedule,
  folder: string,
) {
  if (backend === 'folder') {
    const fills = steps.some(({ kind }) => kind === 'disk-full');
    const { path, release } = await makeOutFolder(folder, fills);
    const store: ObjectStore = new FolderStore(path);
    return { store, outFolder: path, outUri: path, proxy: undefined, release };
  }
  const proxy = await startS3FaultProxy(ground.s3Endpoint, new Seeded(`${seed}/proxy/${index}`));
  const prefix = `results-${seed}-${index}-${process.pid}`;
  const store: ObjectStore = ground.bucket.store({ prefix });
  const outUri = `s3://${ground.bucket.name}/${prefix}`;
  return { store, outFolder: undefined, outUri, proxy, release: () => {} };
}

interface ServicePlace {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly outUri: string;
  readonly serviceLog: string;
}

/** Not started yet; each with a clock of its own when one is to jump. */
function makeServices(
  { clockLibrary }: Ground,
  schedule: Schedule,
  { folder, env, outUri, serviceLog: logPath }: ServicePlace,
) {
  const jumps = schedule.steps.some(({ kind }) => kind === 'clock-jump');
  const clocks: string[] = [];
  const clockOf = (service: string): NodeJS.ProcessEnv => {
    if (!jumps || clockLibrary === undefined) return {};
    const path = join(folder, `clock of ${service}`);
    writeFileSync(path, '+0');
    clocks.push(path);
    return clockSettings(clockLibrary, path);
  };
  const keep = (name: string, args: readonly string[]): KeptProcess =>
    new KeptProcess({ name, args, env: { ...env, ...clockOf(name) }, logPath });
  const workers = Array.from({ length: schedule.workers }, (_, n) =>
    keep(`worker ${n}`, workerArgs(schedule)),
  );
  const coordinator = keep('coordinator', ['coordinator', '--out', outUri, '--sweep-seconds', '4']);
  return { workers, coordinator, clocks };
}

interface Producing {
  readonly env: NodeJS.ProcessEnv;
  readonly logPath: string;
  readonly killAfterMs: number | undefined;
  readonly exits: Exit[];
}

async function produce(
  args: readonly string[],
  { env, logPath, killAfterMs, exits }: Producing,
): Promise<Exit> {
  const child = spawnCli(args, { env, logPath });
  const kill = (): void => void child.kill('SIGKILL');
  const killing = killAfterMs === undefined ? undefined : setTimeout(kill, killAfterMs);
  const exit = await exitOf(child);
  clearTimeout(killing);
  if (exit !== 'SIGKILL') exits.push(exit);
  return exit;
}

function workerArgs({ concurrency }: Schedule): string[] {
  const locks = ['--lock-seconds', `${lockSeconds}`, '--stalled-seconds', '3', '--grace', '5'];
  return ['worker', '--device', 'cpu', '--concurrency', `${concurrency}`, ...locks];
}

function clockSettings(library: string, path: string): NodeJS.ProcessEnv {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: path,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}

async function makeOutFolder(folder: string, isSmall: boolean): Promise<SmallDisk> {
  const path = join(folder, 'out');
  await mkdir(path);
  return isSmall ? mountSmallDisk(path) : { path, release: () => {} };
}

/** Until it answers, for a minute and a half: a schedule may have paused it. */
async function askRedis(url: string, [command = '', ...args]: readonly string[]): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    const client = new Redis(url, {
      lazyConnect: true,
      maxRetriesPerRequest: 0,
      commandTimeout: 3000,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      return await client.call(command, ...args);
    } catch (error) {
      const passes = /LOADING|ECONN|closed|timed out|max retries|Stream/i.test(String(error));
      if (!passes || attempt === 180) throw error;
      await pause(500);
    } finally {
      client.disconnect();
    }
  }
}

export async function setClock(path: string, offset: string): Promise<void> {
  await writeFile(path, offset);
}
