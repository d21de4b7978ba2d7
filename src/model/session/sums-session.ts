import type { BatchSums } from '../../shared/basis/activation-sums.ts';
import { concatenated } from '../../shared/concatenated.ts';
import type { InputSize } from '../../shared/run/letterbox-geometry.ts';
import { addActivationSums } from '../basis/sums-graph.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { addView, tensorsOf } from '../onnx/tensor-view.ts';
import { cutParts } from '../onnx/wire-splice.ts';
import { Tensor } from '../runtime/onnxruntime.ts';
import { takenData } from '../runtime/taken-data.ts';
import type { ActivationOptions } from './activation-session.ts';
import { addPixels } from './augmented-graph.ts';
import { weightsOf } from './explain-session.ts';
import { openOnnxSession } from './open-onnx-session.ts';

export interface SumsInputs {
  /** uint8 [B, C, H, W] as `augmentModel` takes them. */
  readonly pixels: Uint8Array;
  readonly size: InputSize;
  /** Of each layer [B, N]: 1 where a cell overlaps the content, else 0. Images without any are not counted. */
  readonly masks: readonly Float32Array[];
  /** Images that count, the first ones. */
  readonly images: number;
}

export interface SumsSession {
  /** The sums of each layer. Numbers that are not finite come from one of the images. */
  run(inputs: SumsInputs): Promise<readonly BatchSums[]>;
  release(): Promise<void>;
}

/** The part of a model that computes the target layers, and their sums over a batch of images. Throws as `openOnnxSession`. */
export async function openSumsSession(options: ActivationOptions): Promise<SumsSession> {
  const { bytes, facts, layers } = options;
  const batch = facts.batch === 'dynamic' ? 'eigenfleet_batch' : facts.batch;
  const front = new GraphBuilder(facts.opset, 'input');
  const input = addPixels(front, facts, { ...options, batch });
  const back = new GraphBuilder(facts.opset, 'sums');
  const plan = { batch, openGrids: facts.rectStride !== undefined };
  // In reverse, as in `augmentModel`, so that the activations of each layer are free before the next one is computed.
  const tensors = layers
    .toReversed()
    .map((layer) => addActivationSums(back, { ...layer, tensor: addView(back, layer) }, plan))
    .toReversed();
  const wanted = layers.flatMap(({ tensor, view }) => tensorsOf(tensor, view));
  const { parts } = cutParts(bytes, { inputName: facts.inputName, wanted });
  const all = concatenated([front.encode(), ...parts, back.encode()]);
  const session = await openOnnxSession({ ...options, bytes: all });
  return {
    run: async ({ pixels, size, masks, images }) => {
      const { inputHeight, inputWidth } = size;
      const count = pixels.length / (facts.inputChannels * inputHeight * inputWidth);
      const dims = [count, facts.inputChannels, inputHeight, inputWidth];
      const feeds: Record<string, Tensor> = { [input]: new Tensor('uint8', pixels, dims) };
      for (const [index, { weights }] of tensors.entries()) {
        const mask = masks[index] ?? new Float32Array(0);
        const cells = mask.length / count;
        feeds[weights] = new Tensor('float32', weightsOf(mask, cells), [count, 1, cells]);
      }
      const results = await session.run(feeds);
      return tensors.map(({ scatter, means }, index) => ({
        scatter: floatsOf(results[scatter]?.data),
        means: meansOf(floatsOf(results[means]?.data), { count, images }),
        cells: contentCells(masks[index] ?? new Float32Array(0), { count, images }),
      }));
    },
    release: () => session.release(),
  };
}

interface Counts {
  /** Images of the batch. */
  readonly count: number;
  readonly images: number;
}

function meansOf(means: Float32Array, { count, images }: Counts): Float32Array {
  return means.slice(0, (means.length / count) * images);
}

function contentCells(mask: Float32Array, { count, images }: Counts): number[] {
  const cells = mask.length / count;
  return Array.from({ length: images }, (_, image) =>
    mask.subarray(image * cells, (image + 1) * cells).reduce((sum, one) => sum + one, 0),
  );
}

function floatsOf(data: unknown): Float32Array {
  if (data instanceof Float32Array) return takenData(data);
  throw new TypeError('expected float32 sums');
}
