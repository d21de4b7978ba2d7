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
  /** What a command of this fleet needs. */
  readonly env: NodeJS.ProcessEnv;
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
  const has = (kind: string): boolean => schedule.steps.some((step) => step.kind === kind);
  const random = new Seeded(`${name}/proxy`);
  const proxy =
    schedule.backend === 's3' ? await startS3FaultProxy(ground.s3Endpoint, random) : undefined;
  const prefix = `results-${name}-${process.pid}`;
  const outFolder = proxy ? undefined : await makeOutFolder(folder, has('disk-full'));
  const outUri = outFolder?.path ?? `s3://${ground.bucket.name}/${prefix}`;
  const redisFolder = join(folder, 'redis');
  await mkdir(redisFolder);
  const redis = await startRedis({ dir: redisFolder, appendOnly: schedule.appendOnly });
  const mark = `EIGENFLEET_FAULTS=${name}-${process.pid}`;
  const env = { ...ground.environment(proxy?.endpoint), TMPDIR: join(folder, 'tmp') };
  Object.assign(env, { EIGENFLEET_FAULTS: mark.split('=')[1], REDIS_URL: redis.url });
  const clocks: string[] = [];
  const clockEnv = (service: string): NodeJS.ProcessEnv => {
    if (!has('clock-jump') || ground.clockLibrary === undefined) return {};
    const path = join(folder, `clock-${service}`);
    writeFileSync(path, '+0');
    clocks.push(path);
    return clockSettings(ground.clockLibrary, path);
  };
  const serviceLog = join(folder, 'services.log');
  const producerLog = join(folder, 'producers.log');
  const keep = (service: string, args: readonly string[]): KeptProcess =>
    new KeptProcess({
      name: service,
      args,
      env: { ...env, ...clockEnv(service) },
      logPath: serviceLog,
    });
  const workers = Array.from({ length: schedule.workers }, (_, n) =>
    keep(`worker ${n}`, workerArgs(schedule)),
  );
  const coordinator = keep('coordinator', ['coordinator', '--out', outUri, '--sweep-seconds', '4']);
  const input = await ground.input(schedule);
  const target = ['--out', outUri, ...runOptions(schedule), '--quiet'];
  const producerExits: Exit[] = [];
  return {
    schedule,
    folder,
    store: outFolder ? new FolderStore(outFolder.path) : ground.bucket.store({ prefix }),
    outFolder: outFolder?.path,
    outUri,
    redis,
    redisFolder,
    proxy,
    workers,
    coordinator,
    clocks,
    producerExits,
    notes: [],
    mark,
    serviceLog,
    producerLog,
    env,
    produce: async (killAfterMs) => {
      const child = spawnCli(['enqueue', ...input, ...target], { env, logPath: producerLog });
      const killing =
        killAfterMs === undefined
          ? undefined
          : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      const exit = await exitOf(child);
      clearTimeout(killing);
      if (exit !== 'SIGKILL') producerExits.push(exit);
      return exit;
    },
    askRedis: (...words) => askRedis(redis.url, words),
    end: async () => {
      for (const service of [...workers, coordinator]) await service.stop(0);
      for (const id of markedProcesses(mark)) process.kill(id, 'SIGKILL');
      await redis.close();
      await proxy?.close();
      outFolder?.release();
    },
  };
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
