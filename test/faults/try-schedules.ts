import { mkdir } from 'node:fs/promises';
import { messageOf } from '../../src/shared/errors.ts';
import { layGround } from './ground.ts';
import type { PartFailure, PartResult, PartTask } from './part-result.ts';
import { runSchedule, scheduleWords } from './run-schedule.ts';
import { planSchedule, type ScheduleSize } from './schedule.ts';

/** Tries one schedule after the other, some at once. */
export async function trySchedules(
  task: PartTask & { readonly size?: ScheduleSize },
): Promise<PartResult> {
  const { seed, first, folder, say, size = 'full' } = task;
  await mkdir(folder, { recursive: true });
  const ground = await layGround(folder, size);
  const failures: PartFailure[] = [];
  const figures = { images: 0, slowestMs: 0, hurt: 0 };
  let tried = 0;
  const worker = async (): Promise<void> => {
    while (task.goesOn(tried)) {
      const schedule = planSchedule(seed, first + tried++, ground.abilities, size);
      const words = `schedule ${schedule.index}, ${scheduleWords(schedule)}`;
      const result = await runSchedule(ground, schedule).catch((error) => ({
        ...{ wrong: [`the harness: ${messageOf(error)}`], notes: [], hurtRequests: 0 },
        closedAfterMs: undefined,
      }));
      const { wrong, notes, closedAfterMs = 0, hurtRequests } = result;
      if (wrong.length > 0) failures.push({ index: schedule.index, wrong });
      else figures.images += schedule.images;
      figures.slowestMs = Math.max(figures.slowestMs, closedAfterMs);
      figures.hurt += hurtRequests;
      const outcome =
        wrong.length > 0 ? wrong.join('; ') : `fine, closed after ${seconds(closedAfterMs)}`;
      say([words, ...notes, outcome].join(' | '));
    }
  };
  await Promise.all(Array.from({ length: task.jobs }, worker));
  await ground.close();
  return {
    part: 'schedules',
    tried,
    words: `${figures.images} images whole, ${figures.hurt} requests hurt on ${ground.s3Name}, the slowest closed ${seconds(figures.slowestMs)} after its last fault`,
    failures: failures.sort((a, b) => a.index - b.index),
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
