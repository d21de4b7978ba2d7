import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { availableThreads } from '../../src/shared/host/threads/cpu-quota.ts';
import { runCli } from '../support/cli-run.ts';

/** A whole run as a person starts it, with everything that is on by default but overlays. */
export interface RunFigures {
  readonly batch: number;
  readonly images: number;
  /** From the first file read to the last marker written. */
  readonly imagesPerSecond: number;
  /** Of all threads of the machine, start and report included. */
  readonly cpuShare: number;
}

export interface RunRequest {
  readonly model: string;
  readonly device: string;
  /** A folder of images. */
  readonly images: string;
  readonly count: number;
  readonly folder: string;
}

export async function measureRun(request: RunRequest, batch: number): Promise<RunFigures> {
  const { model, device, images, count, folder } = request;
  const out = join(folder, `out-${batch}`);
  const plain = ['--overlays', 'none', '--no-labels', '--json', '--quiet'];
  const args = ['run', '-m', model, '-i', images, '-o', out, '--device', device, ...plain];
  const { output, wallMs, cpuMs } = await runCli([...args, '--batch', `${batch}`]);
  await rm(out, { recursive: true, force: true });
  const summary: { timings: { wallMs: number } } = JSON.parse(output);
  return {
    ...{ batch, images: count },
    imagesPerSecond: (count / summary.timings.wallMs) * 1000,
    cpuShare: cpuMs / wallMs / availableThreads(),
  };
}

/** A run that is this near to the graph alone waits for the device; threads this busy have nothing left. */
const near = 0.9;
const busy = 0.85;

/** What holds a run up, as a sentence. @param explainedPerSecond of the graph alone, at the same batch */
export function limitOf(
  { imagesPerSecond, cpuShare }: Pick<RunFigures, 'imagesPerSecond' | 'cpuShare'>,
  explainedPerSecond: number,
): string {
  const share = imagesPerSecond / explainedPerSecond;
  const words = `the run makes ${(100 * share).toFixed(0)} % of what the graph alone does, with ${(100 * cpuShare).toFixed(0)} % of the threads busy`;
  if (share >= near) return `The device limits: ${words}.`;
  if (cpuShare >= busy) return `The host limits (reading, decoding, maps and rows): ${words}.`;
  return `Neither device nor threads are full: ${words}; what is left is waiting between them, or storage.`;
}
