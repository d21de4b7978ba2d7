import type { Device } from '../../model/runtime/devices.ts';

export interface StreamPlan {
  readonly device: Device;
  /** Threads of the CPU provider, of all streams together. */
  readonly threads: number;
  readonly modelBytes: number;
  /** Approximate number of images to explain. */
  readonly images: number;
}

/** More at once are unmeasured, and each holds the model's weights and its activations. */
const mostStreams = 4;
/** Of the weights of all streams. */
const mostModelBytes = 256 * 1024 * 1024;
/** This few images take less time than loading a second session. */
const fewImages = 48;

/**
 * Threads of each session that computes at the same time as the others. On a CPU several sessions with few threads each finish more images
 * than one with all of them: its threads wait for each other at every node of the graph, and for the pixel threads that take a core meanwhile
 * (docs/performance.md). An accelerator processes one at a time.
 */
export function planStreams({ device, threads, modelBytes, images }: StreamPlan): number[] {
  if (device !== 'cpu' || images < fewImages) return [threads];
  const fitting = Math.floor(mostModelBytes / modelBytes);
  const streams = Math.max(1, Math.min(mostStreams, threads, fitting));
  return Array.from({ length: streams }, (_, index) => Math.floor((threads + index) / streams));
}
