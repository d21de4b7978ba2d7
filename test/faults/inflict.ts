import { open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type FaultWorld, setClock } from './fault-world.ts';
import type { S3FaultMode } from './s3-fault-proxy.ts';
import type { FaultKind, FaultStep } from './schedule.ts';
import { Seeded } from './seeded.ts';

type Fault = (world: FaultWorld, step: FaultStep, random: Seeded) => Promise<void>;

/** Lets one fault happen; resolves when it is over. */
export async function inflict(world: FaultWorld, step: FaultStep): Promise<void> {
  await faults[step.kind](world, step, new Seeded(`pick/${step.pick}`));
}

const faults: Readonly<Record<FaultKind, Fault>> = {
  'kill-worker': async ({ workers }, _, random) => random.pick(workers).signal('SIGKILL'),
  'kill-two-workers': async ({ workers }, _, random) => {
    for (const worker of random.sample(workers, 2)) worker.signal('SIGKILL');
  },
  'kill-storm': async ({ workers }, { lastsMs }, random) => {
    const end = Date.now() + lastsMs;
    while (Date.now() < end) {
      random.pick(workers).signal('SIGKILL');
      await pause(random.between(1500, 5000));
    }
  },
  'term-worker': async ({ workers }, _, random) => random.pick(workers).signal('SIGTERM'),
  'stop-worker': async ({ workers }, { lastsMs }, random) => {
    const stopped = random.pick(workers).now;
    stopped?.kill('SIGSTOP');
    await pause(lastsMs);
    stopped?.kill('SIGCONT');
  },
  'kill-coordinator': async ({ coordinator }) => coordinator.signal('SIGKILL'),
  'redis-kill': async ({ redis }, { lastsMs }) => {
    await redis.kill('SIGKILL');
    await pause(lastsMs);
    await redis.restart();
  },
  'redis-cut-log': async ({ redis, redisFolder }, { lastsMs }, random) => {
    await redis.kill('SIGKILL');
    await cutLog(redisFolder, 200 + random.int(20_000));
    await pause(lastsMs);
    await redis.restart();
  },
  'redis-pause': async ({ redis }, { lastsMs }) => {
    const { process } = redis;
    process.kill('SIGSTOP');
    await pause(lastsMs);
    process.kill('SIGCONT');
  },
  'redis-full': async ({ askRedis }, { lastsMs }) => {
    const info = String(await askRedis('INFO', 'memory'));
    const used = Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
    await askRedis('CONFIG', 'SET', 'maxmemory', `${used - 1000}`);
    await pause(lastsMs);
    await askRedis('CONFIG', 'SET', 'maxmemory', '0');
  },
  // What clients meet after a failover: the server that they know is a replica now.
  'redis-readonly': async ({ askRedis }, { lastsMs }) => {
    await askRedis('REPLICAOF', '127.0.0.1', '1');
    await pause(lastsMs);
    await askRedis('REPLICAOF', 'NO', 'ONE');
  },
  'redis-flush': async ({ askRedis }) => void (await askRedis('FLUSHALL')),
  'client-kill': async ({ askRedis }, _, random) => {
    for (let left = random.pick([1, 3]); left > 0; left -= 1) {
      await askRedis('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await pause(400);
    }
  },
  'enqueue-again': async ({ produce }) => void (await Promise.all([produce(), produce()])),
  'clock-jump': async ({ clocks, notes }, _, random) => {
    const clock = random.pick(clocks);
    const jump = random.pick(['+3600', '-3600', '+90', '-90', '+172800', '-86400']);
    await setClock(clock, jump);
    notes.push(`a clock jumps by ${jump} s`);
  },
  'disk-full': async ({ outFolder }, { lastsMs }) => {
    if (outFolder !== undefined) await fillDisk(outFolder, lastsMs);
  },
  's3-503': hurtS3('503'),
  's3-slow': hurtS3('slow'),
  's3-cut': hurtS3('cut'),
  's3-stall': hurtS3('stall'),
  's3-lost-put': hurtS3('lost-put'),
  's3-refuse': hurtS3('refuse'),
  's3-deny-put': hurtS3('deny-put'),
};

function hurtS3(mode: S3FaultMode): Fault {
  return async ({ proxy }, { lastsMs, share }) => {
    proxy?.setMode(mode, share);
    await pause(lastsMs);
    proxy?.setMode('ok');
  };
}

/** What a power cut leaves: the end of the append-only file is missing. */
async function cutLog(redisFolder: string, bytes: number): Promise<void> {
  const folder = join(redisFolder, 'appendonlydir');
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.incr.aof')) continue;
    const { size } = await stat(join(folder, name));
    await truncate(join(folder, name), Math.max(0, size - bytes));
  }
}

/** Takes every byte that is or becomes free on the disk of a folder. */
async function fillDisk(folder: string, lastsMs: number): Promise<void> {
  const path = join(folder, '.filler');
  const filler = await open(path, 'w');
  const end = Date.now() + lastsMs;
  while (Date.now() < end) {
    await filler.write(Buffer.alloc(65_536)).catch(() => pause(50));
  }
  await filler.close();
  await rm(path);
}
