import { stat } from 'node:fs/promises';
import type { Device } from '../model/runtime/devices.ts';

export interface OwnThread {
  /** Nobody else uses this thread. */
  readonly ownsThread?: boolean | undefined;
  readonly device: Device;
  /** Approximate number of images to compute. */
  readonly images: number;
  /** Of the model's file. */
  readonly modelPath: string;
}

/** So few are explained in less CPU time without threads than with them, on two cores in no more time either, and in half of the memory (docs/performance.md). */
const fewImages = 24;
/** A larger model computes an image for so long that signals and progress would wait for it. */
const smallModelBytes = 64 * 2 ** 20;

/** Whether the images are computed in this thread, without others. */
export async function usesOwnThread(choice: OwnThread): Promise<boolean> {
  const { ownsThread = false, device, images, modelPath } = choice;
  if (!ownsThread || device !== 'cpu' || images > fewImages) return false;
  return (await stat(modelPath)).size <= smallModelBytes;
}
