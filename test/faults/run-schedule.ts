import { readFile, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import { crowding } from './crowding.ts';
import { faultFreeRun } from './fault-free-run.ts';
import { type FaultWorld, makeWorld } from './fault-world.ts';
import { judgeFleet } from './fleet-verdict.ts';
import type { Ground } from './ground.ts';
import { inflict } from './inflict.ts';
import type { Exit } from './kept-process.ts';
import { markedProcesses } from './marked-processes.ts';
import type { Schedule } from './schedule.ts';
import { judgeRun } from './schedule-verdict.ts';

export interface ScheduleResult {
  readonly schedule: Schedule;
  /** What is not as it should be, in words; empty when all is well. */
  readonly wrong: readonly string[];
  /** From the end of the last fault until the run was closed. */
  readonly closedAfterMs: number | undefined;
  readonly notes: readonly string[];
  readonly hurtRequests: number;
  /** What it left, kept when something is wrong. */
  readonly folder: string;
}

/** How long a run may take to be closed after its last fault; up to four times as long on a machine that does much else. */
const patienceMs = 240_000;
const stopPatienceMs = 60_000;

/** Lets one schedule happen and judges what came of it. Never rejects for a fault of the product. */
export async function runSchedule(ground: Ground, schedule: Schedule): Promise<ScheduleResult> {
  const expected = await faultFreeRun(ground, schedule);
  const world = await makeWorld(ground, schedule);
  const wrong: string[] = [];
  let closedAfterMs: number | undefined;
  try {
    await disturb(world);
    closedAfterMs = await closed(world, expected.runId);
    if (closedAfterMs === undefined) wrong.push(`the run ${expected.runId} is not closed`);
    const services = [...world.workers, world.coordinator];
    await idle(world);
    const stops = await Promise.all(
      services.map(async (service) => ({
        name: service.name,
        exits: service.exits,
        stop: await service.stop(stopPatienceMs),
      })),
    );
    if (closedAfterMs !== undefined) wrong.push(...(await judgeRun(ground, world, expected)));
    const strays = markedProcesses(world.mark);
    wrong.push(...(await judgeFleet(world, stops, strays)));
  } finally {
    await world.end();
  }
  if (wrong.length === 0) await rm(world.folder, { recursive: true, force: true });
  const { notes, proxy, folder } = world;
  return { schedule, wrong, closedAfterMs, notes, hurtRequests: proxy?.hurt ?? 0, folder };
}

/** Starts the fleet and a producer, and lets every fault happen at its time; resolves when all are over. */
async function disturb(world: FaultWorld): Promise<void> {
  for (const service of [...world.workers, world.coordinator]) service.start();
  const producing = produceUntilDone(world);
  await workBegins(world);
  const start = Date.now();
  await Promise.all(
    world.schedule.steps.map(async (step) => {
      await pause(Math.max(0, start + step.atMs - Date.now()));
      await inflict(world, step).catch((error) => world.notes.push(`${step.kind}: ${error}`));
    }),
  );
  await producing;
}

/** A worker is there and the plan of a run: faults that come sooner would meet nothing. On a slow machine that takes a while. */
async function workBegins({ serviceLog, store }: FaultWorld): Promise<void> {
  for (let attempt = 0; attempt < 240; attempt++) {
    await pause(250);
    const log = await readFile(serviceLog, 'utf8').catch(() => '');
    if (!log.includes('worker started')) continue;
    for await (const _ of store.listFolders('')) return;
  }
}

/** As a person or a scheduler would: again until it is done. */
async function produceUntilDone({ schedule, produce, notes }: FaultWorld): Promise<void> {
  if (schedule.killProducerAfterMs !== undefined) await produce(schedule.killProducerAfterMs);
  for (let attempt = 0; attempt < 60; attempt++) {
    const exit: Exit = await produce();
    if (exit === 0) return;
    notes.push(`a producer ended with ${exit}`);
    await pause(1000);
  }
  notes.push('no producer succeeded');
}

/** Waits until the report is there, which is written last; resolves to how long that took, or to `undefined`. */
async function closed({ store }: FaultWorld, runId: string): Promise<number | undefined> {
  const start = Date.now();
  while (Date.now() - start < patienceMs * Math.min(4, Math.max(1, crowding()))) {
    if ((await store.head(objectKeys.report(runId))) !== undefined) return Date.now() - start;
    await pause(500);
  }
  return undefined;
}

/** What a closed run still has under way, such as a summary that is made anew, may end; and what it leaves has a moment to go. */
async function idle({ askRedis }: FaultWorld): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt++) {
    await pause(1000);
    const queues = ['shards', 'summaries'].map((queue) => `{eigenfleet}:${queue}:active`);
    const active = await Promise.all(queues.map((queue) => askRedis('LLEN', queue)));
    if (active.every((jobs) => Number(jobs) === 0)) return;
  }
}

/** For people: when what happens, and how long. */
export function scheduleWords({ backend, workers, steps }: Schedule): string {
  const faults = steps.map(({ kind, lastsMs }) =>
    lastsMs > 0 ? `${kind} ${(lastsMs / 1000).toFixed(1)} s` : kind,
  );
  return `${backend}, ${workers} workers: ${faults.join(', ')}`;
}
