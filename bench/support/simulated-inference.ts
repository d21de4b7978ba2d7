import { setTimeout } from 'node:timers/promises';
import type { ImageOutputs } from '../../src/model/image-outputs.ts';
import type { Inference } from '../../src/worker/inference.ts';

/**
 * An accelerator that costs no CPU: it takes `waitMs` for an image, one after the other, or answers at once with 0, and gives the same real answer
 * for each, in memory that all threads read. As on a device with a queue, what is handed in while it is busy begins when it is free, so a
 * late timer does not add up.
 */
export function simulatedInference(answer: ImageOutputs, waitMs: number): Inference {
  const outputs = sharedOutputs(answer);
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
    close: async () => {},
  };
}

function sharedOutputs({ layers, head }: ImageOutputs): ImageOutputs {
  if (head.kind !== 'detect') throw new Error(`expected a raw detection head, got ${head.kind}`);
  const { boxes, scores, classIds } = head;
  return {
    layers: layers.map((layer) => ({
      basis: shared(layer.basis),
      product: shared(layer.product),
      projections: shared(layer.projections),
      energy: shared(layer.energy),
      trace: layer.trace,
    })),
    head: {
      ...{ ...head, boxes: shared(boxes), scores: shared(scores) },
      classIds: new Int32Array(copied(classIds)),
    },
  };
}

function shared(values: Float32Array): Float32Array {
  return new Float32Array(copied(values));
}

function copied({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(byteLength);
  new Uint8Array(memory).set(new Uint8Array(buffer, byteOffset, byteLength));
  return memory;
}
