import { setTimeout } from 'node:timers/promises';
import type { ImageOutputs } from '../../src/model/image-outputs.ts';
import type { Inference } from '../../src/worker/inference.ts';
import { ownedOutputs } from '../../src/worker/owned-outputs.ts';

/**
 * An accelerator that costs no CPU: it takes `waitMs` for an image, one after the other, and gives the same real answer for each. As on a
 * device with a queue, what is handed in while it is busy begins when it is free, so a late timer does not add up.
 */
export function simulatedInference(answer: ImageOutputs, waitMs: number): Inference {
  let freeMs = 0;
  return {
    device: `simulated:${waitMs}ms`,
    batch: 1,
    streams: 1,
    infer: async (inputs) => {
      const inferMs = waitMs * inputs.length;
      freeMs = Math.max(performance.now(), freeMs) + inferMs;
      await setTimeout(freeMs - performance.now());
      return { images: inputs.map(() => ownedOutputs(answer)), inferMs };
    },
    close: async () => {},
  };
}
