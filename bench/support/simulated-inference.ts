import { setTimeout } from 'node:timers/promises';
import { type ImageOutputs, withArrays } from '../../src/model/session/image-outputs.ts';
import type { Inference } from '../../src/worker/inference/inference.ts';

/**
 * An accelerator that costs no CPU: it takes `waitMs` for an image, one after the other, or answers at once with 0, and gives the same real answer
 * for each, in memory that all threads read. As on a device with a queue, what is handed in while it is busy begins when it is free, so a
 * late timer does not add up.
 */
export function simulatedInference(answer: ImageOutputs, waitMs: number): Inference {
  const outputs = withArrays(answer, shared);
  let freeMs = 0;
  return {
    device: `simulated:${waitMs}ms`,
    batch: 1,
    streams: 1,
    infer: async (inputs) => {
      const inferMs = waitMs * inputs.length;
      freeMs = Math.max(performance.now(), freeMs) + inferMs;
      if (inferMs > 0) await setTimeout(freeMs - performance.now());
      return { images: inputs.map(() => outputs), inferMs };
    },
    activations: async () => new Map(),
    close: async () => {},
  };
}

/** A copy in memory that all threads read. */
function shared<T extends Float32Array | Int32Array>(array: T): T {
  const memory = new SharedArrayBuffer(array.byteLength);
  const copy = array instanceof Int32Array ? new Int32Array(memory) : new Float32Array(memory);
  copy.set(array);
  return copy as T;
}
